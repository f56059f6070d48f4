"""What runs under a process id, asked of the system."""

from __future__ import annotations

import subprocess
from pathlib import Path

_PROC = Path("/proc")


def command_of(pid: int) -> str | None:
    """The command line of a living process, or None if there is none.

    A zombie has died: it counts as none. Where nobody reaps (a container whose first process is
    a program like ours) a dead server's id looks alive to kill(pid, 0) for ever.
    """
    if (_PROC / "self").exists():
        try:
            line = (_PROC / str(pid) / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return None  # gone, or hidden from us: then it is another user's
        return line.replace(b"\0", b" ").decode(errors="replace").strip() or None
    done = subprocess.run(  # noqa: S603 - our own argument list, no shell
        ["/bin/ps", "-ww", "-o", "stat=", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, command = done.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else command.strip()
