"""Where everything lies: the caller's folder, and the server's, which may be elsewhere."""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scout_workers.embedded.errors import FolderNotWritableError

if TYPE_CHECKING:
    from scout_workers.embedded.identity import Identity

SHARED = Path("/var/lib/scout-workers")
"""Where root keeps what the server's user could not reach inside root's own folders."""


@dataclass(frozen=True)
class Folders:
    """The caller's `home` (locks, password, port) and the `cluster`, which is the server's."""

    home: Path
    cluster: Path

    @property
    def password(self) -> Path:
        """The database password, readable by the calling user only."""
        return self.home / "password"

    @property
    def port(self) -> Path:
        """The TCP port last used, kept by the server's user as all that a start writes."""
        return self.cluster / "port"

    @property
    def start_lock(self) -> Path:
        """Held alone by whoever is starting or stopping the server."""
        return self.home / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Held together by everybody who uses the server."""
        return self.home / "users.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server itself, every process of it, for as long as one lives."""
        return self.home / "server.lock"

    @property
    def log(self) -> Path:
        """The folder of the server's log, a file a weekday."""
        return self.cluster / "log"

    @property
    def start_log(self) -> Path:
        """What the last start printed before the log proper was open."""
        return self.cluster / "start.log"

    @property
    def at_home(self) -> bool:
        """Whether the cluster lies in the caller's folder."""
        return self.cluster.parent == self.home

    @property
    def exists(self) -> bool:
        """Whether a finished cluster is there."""
        return (self.cluster / "PG_VERSION").exists()

    def open_to_server(self) -> None:
        """Let the server's own user pass through `home`, which holds nothing it could read."""
        self.home.chmod(0o711)

    def remember_cluster(self, cluster: Path) -> Folders:
        """Note that the cluster lies elsewhere.

        Returns:
            The folders with that cluster.
        """
        write_privately(_location(self.home), f"{cluster}\n")
        return Folders(self.home, cluster)


def look(data_dir: Path) -> Folders:
    """Work out the folders for `data_dir` without touching anything.

    Raises:
        FolderNotWritableError: They are another user's, so that we may not even look.
    """
    home = data_dir.resolve() / "postgres"
    try:
        if (location := _location(home)).exists():
            return Folders(home, Path(location.read_text(encoding="utf-8").strip()))
    except OSError as error:
        raise FolderNotWritableError(f"cannot look into {home}: {error.strerror}.") from error
    return Folders(home, home / "cluster")


def make(data_dir: Path) -> Folders:
    """Make the caller's folder if it is not there, and work out the rest.

    It is closed to others; `open_to_server` opens it by a crack where the server needs that.

    Raises:
        FolderNotWritableError: It cannot be made.
    """
    folders = look(data_dir)
    make_folder(folders.home, mode=0o700)
    return folders


def outside(home: Path, shared: Path) -> Path:
    """Choose a new place under `shared` for the cluster of `home`.

    The name is never used twice: somebody who deletes their data folder gets an empty database,
    and not the one they meant to be rid of.
    """
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return shared / f"{digest}-{secrets.token_hex(4)}" / "cluster"


def make_folder(folder: Path, mode: int) -> None:
    """Make `folder` with `mode`, and its parents as the system makes them.

    Raises:
        FolderNotWritableError: It cannot be made.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # made by somebody who asks at the same moment
            folder.mkdir()
            folder.chmod(mode)
    except OSError as error:
        raise FolderNotWritableError(
            f"cannot make the folder {folder} for the embedded Postgres: {error.strerror}. "
            "Choose a data folder that this user may write.",
        ) from error


def write_privately(path: Path, text: str, owner: Identity | None = None) -> None:
    """Replace the file at `path` in one step, readable by `owner` (else this user) only.

    The folder may belong to a less privileged user, who must not be able to turn a write of
    root's to another file: no link is followed, and no name is given away twice.

    Raises:
        FolderNotWritableError: The disk is full or the folder is not ours to write.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            if owner is not None and owner.borrowed:
                os.fchown(file.fileno(), owner.uid, owner.gid)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise FolderNotWritableError(f"cannot write {path}: {error.strerror}.") from error


def _location(home: Path) -> Path:
    return home / "location"
