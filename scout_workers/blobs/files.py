"""Blobs in a folder of this machine: the embedded default."""

from __future__ import annotations

import errno
import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from scout_workers import deadline
from scout_workers.blobs.check import round_trip
from scout_workers.blobs.file_errors import from_os_error
from scout_workers.blobs.folders import opened_folder
from scout_workers.blobs.keys import file_names, where
from scout_workers.blobs.protocol import READ_SECONDS, WRITE_SECONDS, BlobError, empty, too_large
from scout_workers.domain.captures import BlobRef
from scout_workers.domain.errors import ErrorClass
from scout_workers.phases import outside_transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_INCOMING = ".incoming"
_STALE_SECONDS = 3600.0
_ABSENT = (FileNotFoundError, NotADirectoryError)
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class FileStore:
    """A folder a bucket, a file a blob; written whole or not at all, for one machine's processes.

    Args:
        root: The folder; made if missing, readable by its owner only.
        bucket: The bucket that `ref` puts new blobs into.

    Raises:
        BlobError: auth, bad_request or server_error, when the folder cannot be made or written.
    """

    def __init__(self, root: Path, *, bucket: str = "scout") -> None:
        self._root = root.absolute()
        self._bucket = bucket
        with self._sentences("opening"):
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(self._root, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "this user may not write there")
            self._clear_interrupted()

    def ref(self, key: str) -> BlobRef:
        """Say where a new blob of that name goes: this store's bucket."""
        return BlobRef(self._bucket, key)

    def read(self, ref: BlobRef, *, limit: int) -> bytes:
        """Return the whole file (see `BlobStore.read`)."""
        with self._blob("read", ref, READ_SECONDS) as (folders, name):
            try:
                with opened_folder(self._root, folders, create=False) as folder:
                    return _read(folder, name, where(ref), limit)
            except _ABSENT:
                raise self._missing(ref) from None

    def write(self, ref: BlobRef, data: bytes, *, content_type: str) -> None:
        """Store the file whole or not at all (see `BlobStore.write`)."""
        del content_type  # a folder keeps none
        with (
            self._blob("write", ref, WRITE_SECONDS) as (folders, name),
            opened_folder(self._root, (_INCOMING,), create=True) as incoming,
            opened_folder(self._root, folders, create=True) as folder,
        ):
            _replace(incoming, folder, name, data)

    def exists(self, ref: BlobRef) -> bool:
        """Tell whether the file is there (see `BlobStore.exists`)."""
        with self._blob("check", ref, READ_SECONDS) as (folders, name):
            try:
                with opened_folder(self._root, folders, create=False) as folder:
                    return stat.S_ISREG(os.lstat(name, dir_fd=folder).st_mode)
            except _ABSENT:
                self._missing(ref)
                return False

    def delete(self, ref: BlobRef) -> None:
        """Remove the file if it is there (see `BlobStore.delete`)."""
        with (
            self._blob("delete", ref, WRITE_SECONDS) as (folders, name),
            suppress(*_ABSENT),
            opened_folder(self._root, folders, create=False) as folder,
        ):
            os.unlink(name, dir_fd=folder)
            os.fsync(folder)

    def check(self) -> None:
        """Make the round trip `doctor` asks for (see `BlobStore.check`)."""
        round_trip(self)

    def describe(self) -> str:
        """Name the folder."""
        return f"folder {self._root}"

    def close(self) -> None:
        """Do nothing: no file is held between calls."""

    def _missing(self, ref: BlobRef) -> BlobError:
        """Tell a missing blob from a missing disk, which must not settle captures for good."""
        if not (self._root / _INCOMING).is_dir():
            raise BlobError(
                ErrorClass.SERVER_ERROR,
                f"the blob folder {self._root} has lost its contents; mount or restore it",
            )
        return BlobError(ErrorClass.IMAGE_MISSING, f"{where(ref)} is not in {self.describe()}")

    def _clear_interrupted(self) -> None:
        # What a killed writer left behind. An hour is far past any write's budget.
        oldest = time.time() - _STALE_SECONDS
        with (
            opened_folder(self._root, (_INCOMING,), create=True) as incoming,
            os.scandir(incoming) as entries,
        ):
            for entry in entries:
                with suppress(FileNotFoundError):  # another process clears as well
                    if entry.stat(follow_symlinks=False).st_mtime < oldest:
                        os.unlink(entry.name, dir_fd=incoming)

    @contextmanager
    def _blob(
        self, verb: str, ref: BlobRef, seconds: float
    ) -> Iterator[tuple[tuple[str, ...], str]]:
        outside_transaction(f"blob {verb}")
        deadline.clip(seconds)  # not begun once the deadline is spent; a disk cannot be cut off
        *folders, name = file_names(ref)
        with self._sentences(f"{verb} of {where(ref)}"):
            yield tuple(folders), name

    @contextmanager
    def _sentences(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise from_os_error(error, f"{what} in {self.describe()}") from error


def _read(folder: int, name: str, shown: str, limit: int) -> bytes:
    # Not blocking, or a FIFO by that name would hold this thread for ever.
    descriptor = os.open(name, _READ, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise BlobError(ErrorClass.BAD_REQUEST, f"{shown} is no regular file")
        if status.st_size > limit:
            raise too_large(shown, f"{status.st_size} bytes", limit)
        if status.st_size == 0:
            raise empty(shown)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    finally:
        os.close(descriptor)
    if len(data) != status.st_size:
        raise BlobError(ErrorClass.SERVER_ERROR, f"{shown} changed while it was being read")
    return data


def _replace(incoming: int, folder: int, name: str, data: bytes) -> None:
    temporary = f"{os.getpid()}-{uuid4().hex}"
    try:
        with os.fdopen(os.open(temporary, _WRITE, 0o600, dir_fd=incoming), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, name, src_dir_fd=incoming, dst_dir_fd=folder)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=incoming)
        raise
    os.fsync(folder)  # the name too must outlive a power cut
