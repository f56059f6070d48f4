"""Walking into folders one name at a time, so that no symbolic link leads out of the root."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@contextmanager
def opened_folder(root: Path, names: Sequence[str], *, create: bool) -> Iterator[int]:
    """Give a descriptor of the folder `root/names…` until the block ends.

    Checking a path first and opening it later leaves a moment to swap a folder for a link;
    opening each name relative to the folder before it leaves none. `root` itself may be a link:
    that one the operator chose.

    Raises:
        OSError: ELOOP when a name is a symbolic link, ENOTDIR when it is no folder, ENOENT when it
            is missing and `create` is false, and whatever else the file system says.
    """
    folder = os.open(root, _FOLDER)
    try:
        for name in names:
            deeper = _enter(folder, name, create=create)
            os.close(folder)
            folder = deeper
        yield folder
    finally:
        os.close(folder)


def _enter(folder: int, name: str, *, create: bool) -> int:
    try:
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    except FileNotFoundError:
        if not create:
            raise
    except NotADirectoryError:
        # Linux says ENOTDIR for a link as well; a link is a trick, a file in the way is not.
        if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name) from None
        raise
    try:
        os.mkdir(name, 0o700, dir_fd=folder)
        os.fsync(folder)
    except FileExistsError:
        pass  # another process made it in between: as good as ours
    return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
