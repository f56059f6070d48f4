"""flock on a file, made safe for programs that fork.

An flock belongs to an open file, and a forked child shares its parent's open files: the child of a
killed parent would keep the parent's lock for as long as it lives. So every lock held in this
process is closed in each child as it is forked. Closing a shared open file does not unlock it,
hence the parent keeps what it holds; the child holds nothing until it acquires for itself.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from typing import TYPE_CHECKING

from scout_workers.embedded.errors import BusyError, FolderNotWritableError

if TYPE_CHECKING:
    from pathlib import Path

_POLL_SECONDS = 0.02

# Held across every fork, so that no child is born between the opening of a file and its
# registration here.
_fork_guard = threading.Lock()
_open_locks: set[FileLock] = set()


class FileLock:
    """One open file that can be locked, shared or exclusive; each instance is its own holder.

    Raises:
        FolderNotWritableError: The file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _fork_guard:
            try:
                self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise FolderNotWritableError(
                    f"cannot open the lock file {path}: {error.strerror}. "
                    "Choose a data folder that this user may write.",
                ) from error
            _open_locks.add(self)

    def fileno(self) -> int:
        """Return the descriptor, to hand the lock itself on to a child process."""
        return self._descriptor

    def try_exclusive(self) -> bool:
        """Take the lock alone if nobody else holds it (a shared hold of our own is converted)."""
        return self._try(fcntl.LOCK_EX)

    def exclusive(self, seconds: float) -> None:
        """Wait for the lock and take it alone.

        Raises:
            BusyError: Another process still held it after `seconds`.
        """
        self._wait(fcntl.LOCK_EX, seconds)

    def shared(self, seconds: float) -> None:
        """Wait until nobody holds the lock alone, and join those who hold it together.

        Raises:
            BusyError: Another process still held it alone after `seconds`.
        """
        self._wait(fcntl.LOCK_SH, seconds)

    def unlock(self) -> None:
        """Give the lock up for everybody who shares this open file."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file; the lock stays with child processes it was handed to."""
        with _fork_guard:
            if self in _open_locks:
                _open_locks.discard(self)
                os.close(self._descriptor)

    def _wait(self, operation: int, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._try(operation):
            if time.monotonic() > deadline:
                raise BusyError(
                    f"another process has held {self.path} for over {seconds:.0f} s. It is "
                    "starting or stopping the embedded Postgres; if it hangs, end it and try "
                    "again.",
                )
            time.sleep(_POLL_SECONDS)

    def _try(self, operation: int) -> bool:
        try:
            fcntl.flock(self._descriptor, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _close_inherited() -> None:
    """Run in a freshly forked child, where only the forking thread exists."""
    while _open_locks:
        os.close(_open_locks.pop().fileno())
    _fork_guard.release()


os.register_at_fork(
    before=_fork_guard.acquire,
    after_in_parent=_fork_guard.release,
    after_in_child=_close_inherited,
)
