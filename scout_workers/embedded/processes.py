"""What runs under a process id, asked of the system."""

from __future__ import annotations

import subprocess
from pathlib import Path

_PROC = Path("/proc")
_DEAD = {"Z", "X"}


def command_of(pid: int) -> str | None:
    """The command line of a living process, or None if there is none.

    A zombie has died: it counts as none. Where nobody reaps (a container whose first process is
    a program like ours) a dead server's id looks alive to kill(pid, 0) for ever.

    The command line may be empty though the process lives: in the moment of an exec it has none.
    """
    if not (_PROC / "self").exists():
        return _ask_ps(pid)
    try:
        line = (_PROC / str(pid) / "cmdline").read_bytes()
        # "pid (name) state …", and the name may hold anything, parentheses too.
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None  # gone, or hidden from us: then it is another user's
    if stat.rpartition(")")[2].split()[0] in _DEAD:
        return None
    return line.replace(b"\0", b" ").decode(errors="replace").strip()


def _ask_ps(pid: int) -> str | None:
    done = subprocess.run(  # noqa: S603 - our own argument list, no shell
        ["/bin/ps", "-ww", "-o", "stat=", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, command = done.stdout.strip().partition(" ")
    return None if not state or state[0] in _DEAD else command.strip()
