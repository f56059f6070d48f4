"""Starting the server so that it outlives whoever started it, and never beside another one."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING

from scout_workers.embedded import postmaster
from scout_workers.embedded.configuration import FILE
from scout_workers.embedded.errors import StartError
from scout_workers.embedded.folders import write_privately
from scout_workers.embedded.locks import FileLock
from scout_workers.embedded.processes import command_of

if TYPE_CHECKING:
    from pathlib import Path

    from scout_workers.embedded.folders import Folders
    from scout_workers.embedded.identity import Identity
    from scout_workers.embedded.installation import Installation

START_SECONDS = 120.0

_POLL_SECONDS = 0.02
_LAST_WORDS_SECONDS = 5.0
_LOG_LINES = 12
_PORT_TAKEN = "Address already in use"

# The shell leaves at once, so that the server is nobody's child: we need not reap it, and no
# descriptor of its output is ours. Paths are arguments, never part of the script.
_LAUNCH = 'log=$1; shift; exec </dev/null; "$@" >>"$log" 2>&1 & echo $!'


def ensure(folders: Folders, installation: Installation, identity: Identity) -> int:
    """See to it that the server runs. Call it with the start lock held.

    Every process of the server inherits its lock and so holds it until it ends. While the lock
    is taken, something of an earlier server lives: it is starting or stopping, or its backends
    have not yet noticed that it was killed, or it runs in another container that shares the
    folder. To start a second one beside it would destroy the data.

    Returns:
        The server's port on 127.0.0.1.

    Raises:
        StartError: It did not come up in time, or said why it will not.
    """
    deadline = time.monotonic() + START_SECONDS
    launched: int | None = None
    while time.monotonic() < deadline:
        running = postmaster.find(folders)
        if running and running.ready and running.port:
            return running.port
        if launched is not None and command_of(launched) is None:
            _explain_death(folders)
            launched = None
        if running is None and launched is None:
            launched = _launch_if_alone(folders, installation, identity)
        time.sleep(_POLL_SECONDS)
    raise StartError(
        _failed(
            folders,
            f"it was not ready after {START_SECONDS:.0f} s, or an earlier server's processes "
            f"still hold {folders.server_lock} (in another container, perhaps)",
        ),
    )


def _launch_if_alone(
    folders: Folders,
    installation: Installation,
    identity: Identity,
) -> int | None:
    # A new open file for each try: through one that we once handed to a server we would hold
    # the lock together with that server's orphans, and not see them.
    with closing(FileLock(folders.server_lock)) as lock:
        return _launch(folders, installation, identity, lock) if lock.try_exclusive() else None


def _launch(
    folders: Folders,
    installation: Installation,
    identity: Identity,
    lock: FileLock,
) -> int:
    """Start the server, hand it the lock, and return its process id.

    Nothing of an earlier server lives, so its pid file is stale: Postgres itself would stumble
    over it if the number belongs to another program of the same user by now.
    """
    (folders.cluster / "postmaster.pid").unlink(missing_ok=True)
    folders.start_log.unlink(missing_ok=True)
    port = _choose_port(folders)
    write_privately(folders.port, f"{port}\n", identity)
    program = installation.program("postgres")
    settings = f"config_file={folders.cluster / FILE}"
    server: list[str | Path] = [program, "-D", folders.cluster, "-p", str(port), "-c", settings]
    try:
        done = identity.run(
            ["/bin/sh", "-c", _LAUNCH, "sh", folders.start_log, *server],
            seconds=START_SECONDS,
            keep=[lock.fileno()],
        )
        return int(done.output)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise StartError(_failed(folders, str(error))) from error


def _explain_death(folders: Folders) -> None:
    """Return if it died of a port that somebody took meanwhile, which another try mends."""
    deadline = time.monotonic() + _LAST_WORDS_SECONDS
    while not postmaster.is_deserted(folders) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)  # the process that writes the log is the last to leave
    folders.port.unlink(missing_ok=True)
    if _PORT_TAKEN not in _log_tail(folders):
        raise StartError(_failed(folders, "it ended while starting"))


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
    """The last lines of this start: of the log proper once it is open, else of what came before."""
    logs: list[Path] = [folders.start_log, *folders.log.glob("*.log")]
    written = [path for path in logs if path.exists() and path.stat().st_size]
    if not written:
        return ""
    newest = max(written, key=lambda path: (path.stat().st_mtime_ns, path != folders.start_log))
    lines = newest.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-_LOG_LINES:])


def _failed(folders: Folders, reason: str) -> str:
    return (
        f"the embedded Postgres in {folders.cluster} did not start: {reason}. "
        f"Its log is in {folders.log} and {folders.start_log}:\n{_log_tail(folders)}"
    )
