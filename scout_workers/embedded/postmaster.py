"""The server's first process: finding it and stopping it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.embedded.errors import StopError
from scout_workers.embedded.locks import FileLock
from scout_workers.embedded.processes import command_of

if TYPE_CHECKING:
    from scout_workers.embedded.folders import Folders

FAST_STOP_SECONDS = 30.0
IMMEDIATE_STOP_SECONDS = 10.0

_POLL_SECONDS = 0.02
_PORT_LINE = 3


@dataclass(frozen=True)
class Postmaster:
    """A living server: its process id, its TCP port and whether it accepts connections."""

    pid: int
    port: int | None
    ready: bool


def find(folders: Folders) -> Postmaster | None:
    """Find the living server of this cluster: the pid file alone is no proof.

    The file outlives a killed server, and its number may be another program's by now; so the
    process must be a postgres that was started on this very folder.
    """
    try:
        lines = (folders.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    command = command_of(pid)
    if command is None or "postgres" not in command or str(folders.cluster) not in command:
        return None
    # The file grows line by line while the server starts, and its state comes last.
    port = int(lines[_PORT_LINE]) if len(lines) > _PORT_LINE else None
    return Postmaster(pid, port, ready=port is not None and lines[-1].strip() == "ready")


def stop(folders: Folders) -> None:
    """Stop the server: connections are dropped, committed work is on disk, no process is left.

    Raises:
        StopError: It does not go.
    """
    for kind, seconds in (
        (signal.SIGINT, FAST_STOP_SECONDS),
        (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS),
    ):
        running = find(folders)
        if running is None:
            return
        with suppress(ProcessLookupError):
            os.kill(running.pid, kind)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if find(folders) is None and is_deserted(folders):
                return
            time.sleep(_POLL_SECONDS)
    raise StopError(f"the embedded Postgres in {folders.cluster} does not stop; see {folders.log}")


def is_deserted(folders: Folders) -> bool:
    """Whether no process of the server lives, neither a child of it nor an orphan."""
    with closing(FileLock(folders.server_lock)) as lock:
        return lock.try_exclusive()
