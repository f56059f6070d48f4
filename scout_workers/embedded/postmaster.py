"""The server's first process: finding it, starting it, stopping it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.embedded.errors import StartError, StopError
from scout_workers.embedded.folders import write_privately
from scout_workers.embedded.locks import FileLock
from scout_workers.embedded.processes import command_of

if TYPE_CHECKING:
    from pathlib import Path

    from scout_workers.embedded.folders import Folders
    from scout_workers.embedded.identity import Identity
    from scout_workers.embedded.installation import Installation

START_SECONDS = 120.0
FAST_STOP_SECONDS = 30.0
IMMEDIATE_STOP_SECONDS = 10.0

_POLL_SECONDS = 0.02
_LOG_LINES = 12
_PORT_TAKEN = "Address already in use"


@dataclass(frozen=True)
class Postmaster:
    """A living server: its process id, its TCP port and whether it accepts connections."""

    pid: int
    port: int
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
    port = int(lines[3]) if len(lines) > 3 else 0  # noqa: PLR2004 - line 4 of a growing file
    return Postmaster(pid, port, ready=port > 0 and lines[-1].strip() == "ready")


def ensure(folders: Folders, installation: Installation, identity: Identity) -> Postmaster:
    """Return the living server, started by us if there was none.

    Call it with the start lock held. Every process of the server inherits its lock and so holds
    it until it ends: while the lock is taken, something of an earlier server lives (it is
    starting, or stopping, or its backends have not yet noticed that it was killed), in this
    container or another, and to start a second one would destroy the data.

    Raises:
        StartError: It did not come up in time, or said why it will not.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        running = find(folders)
        if running and running.ready:
            return running
        if time.monotonic() > deadline:
            raise StartError(_failed(folders, "it was not ready in time", _log_tail(folders)))
        if running is None:
            _try_to_start(folders, installation, identity)
        time.sleep(_POLL_SECONDS)


def stop(folders: Folders) -> None:
    """Stop the server: connections are dropped, committed work is on disk.

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
        os.kill(running.pid, kind)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if find(folders) is None:
                return
            time.sleep(_POLL_SECONDS)
    raise StopError(f"the embedded Postgres in {folders.cluster} does not stop; see {folders.log}")


def _try_to_start(folders: Folders, installation: Installation, identity: Identity) -> None:
    lock = FileLock(folders.server_lock)
    try:
        if not lock.try_exclusive():
            return
        # Nothing of a server lives, so its pid file is stale; Postgres would stumble over it
        # if the number belongs to another program of the same user by now.
        (folders.cluster / "postmaster.pid").unlink(missing_ok=True)
        (folders.start_log).unlink(missing_ok=True)
        port = _choose_port(folders)
        done = identity.run(
            [
                *(installation.program("pg_ctl"), "start", "--wait", "--silent"),
                *("-t", str(int(START_SECONDS)), "-D", folders.cluster),
                *("-l", folders.start_log, "-o", f"-p {port}"),
            ],
            seconds=START_SECONDS + 10,
            keep=[lock.fileno()],
        )
        if done.code == 0:
            write_privately(folders.port, f"{port}\n")
            return
        tail = _log_tail(folders) or done.output
        if _PORT_TAKEN not in tail:
            raise StartError(_failed(folders, "it stopped while starting", tail))
        folders.port.unlink(missing_ok=True)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StartError(_failed(folders, str(error), _log_tail(folders))) from error
    finally:
        lock.close()


def _choose_port(folders: Folders) -> int:
    """The port used last time if it is free, else one the system knows to be free."""
    remembered = folders.port.read_text(encoding="utf-8") if folders.port.exists() else ""
    candidates = [int(remembered)] if remembered.strip().isdigit() else []
    for port in [*candidates, 0]:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StartError("no free TCP port on 127.0.0.1")


def _log_tail(folders: Folders) -> str:
    """The last lines of this start: the log proper, once it is open, else what came before."""
    logs: list[Path] = [folders.start_log, *folders.log.glob("*.log")]
    written = [path for path in logs if path.exists() and path.stat().st_size]
    if not written:
        return ""
    newest = max(written, key=lambda path: path.stat().st_mtime_ns)
    lines = newest.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-_LOG_LINES:])


def _failed(folders: Folders, reason: str, tail: str) -> str:
    return (
        f"the embedded Postgres in {folders.cluster} did not start: {reason}. "
        f"Its log is in {folders.log} and {folders.start_log}:\n{tail}"
    )
