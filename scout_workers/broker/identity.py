"""Which process this is, in words that name one process on one boot of one machine for ever."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process and the space its pid is unique in.

    On systems without /proc the boot id is empty, and then no neighbour ever claims to know that
    a process died: its lease simply expires.
    """

    host: str
    boot_id: str
    pid_space: str
    pid: int
    pid_start: int

    @classmethod
    def current(cls) -> ProcessIdentity:
        """Describe the calling process."""
        pid = os.getpid()
        return cls(socket.gethostname(), _boot_id(), _pid_space(), pid, _start_of(pid) or 0)

    def is_neighbour(self, other: ProcessIdentity) -> bool:
        """Tell whether `other`'s pid means something here."""
        return bool(self.boot_id) and (self.boot_id, self.pid_space) == (
            other.boot_id,
            other.pid_space,
        )

    def is_gone(self) -> bool:
        """Tell whether this process, a neighbour of the caller, has ended; a zombie has."""
        return _start_of(self.pid) != self.pid_start


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _pid_space() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _start_of(pid: int) -> int | None:
    """Return the clock tick the process started at, None if it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return None
    # The command name, in parentheses, may itself hold spaces and parentheses.
    state, *rest = stat.rpartition(")")[2].split()
    return None if state in "ZX" else int(rest[18])
