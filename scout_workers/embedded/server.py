"""One user's hold on the server: the first to come starts it, the last to leave stops it."""

from __future__ import annotations

import atexit
import os
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scout_workers.embedded import cluster, folders, postmaster, preparation
from scout_workers.embedded import status as statuses
from scout_workers.embedded.locks import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scout_workers.embedded.folders import Folders

LOCK_SECONDS = 180.0


class Server:
    """A hold on the running server, which keeps it running until `release`.

    It belongs to the process that acquired it. A forked child holds nothing: it may use `url`
    while its parent holds on, its `release` does nothing, and to hold on beyond its parent's
    life it acquires for itself. (`acquire` after the fork costs milliseconds.)
    """

    def __init__(self, where: Folders, users: FileLock, port: int) -> None:
        self._folders = where
        self._users: FileLock | None = users
        self._pid = os.getpid()
        password = where.password.read_text(encoding="utf-8").strip()
        self.url = (
            f"postgresql://{cluster.SUPERUSER}:{password}@127.0.0.1:{port}/{cluster.DATABASE}"
        )
        atexit.register(self.release)

    def release(self) -> None:
        """Leave; the last user of all processes stops the server. A second call does nothing.

        Raises:
            BusyError: Another process held the start lock for too long.
            StopError: The server does not go down.
        """
        users, self._users = self._users, None
        if users is None or self._pid != os.getpid():
            return
        atexit.unregister(self.release)
        start = FileLock(self._folders.start_lock)
        try:
            start.exclusive(LOCK_SECONDS)
            leave(self._folders, users)
        finally:
            users.close()
            start.close()

    def describe(self) -> statuses.Status:
        """Tell where the data lies and what serves it."""
        return statuses.of(self._folders)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"Server({str(self._folders.cluster)!r})"


def acquire(
    data_dir: Path,
    *,
    announce: Callable[[str], None] | None = None,
    options: Mapping[str, str] | None = None,
    shared: Path = folders.SHARED,
) -> Server:
    """Start the embedded Postgres of `data_dir`, or join those who use it.

    Args:
        data_dir: The caller's folder; everything lies in its subfolder `postgres`.
        announce: Told what takes seconds, in a sentence.
        options: Settings of the server that differ from the usual ones, for a start.
        shared: Where root puts what the server's user cannot reach inside `data_dir`.

    Raises:
        EmbeddedError: It cannot be had; see `scout_workers.embedded.errors`.
    """
    where = folders.make(Path(data_dir))
    start = FileLock(where.start_lock)
    try:
        start.exclusive(LOCK_SECONDS)
        users = FileLock(where.users_lock)
        try:
            users.shared(LOCK_SECONDS)
            where, port = preparation.run(where, start, announce or _silent, options or {}, shared)
            return Server(where, users, port)
        except BaseException:
            # Whatever we had started has no user now, nor has it one if Ctrl-C came meanwhile.
            leave(where, users)
            users.close()
            raise
    finally:
        start.close()


def leave(where: Folders, users: FileLock) -> None:
    """Give up a hold, with the start lock held: nobody can join while we look who is left."""
    if users.try_exclusive():
        postmaster.stop(where)
    users.unlock()


def _silent(sentence: str) -> None:
    """Take the place of an announcer that nobody gave."""
