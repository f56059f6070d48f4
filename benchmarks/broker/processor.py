"""Processor time, read from /proc: of a process with its children, and of the whole machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    text = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    return text.rpartition(")")[2].split()


def cpu_of_tree(pid: int | None) -> float:
    """Seconds used by a process and all below it, those included that have ended."""
    if pid is None:
        return float("nan")
    below: dict[str, list[str]] = {}
    used: dict[str, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = _fields(int(entry.name))
        except OSError:
            continue  # it ended while we looked
        below.setdefault(fields[1], []).append(entry.name)
        used[entry.name] = sum(int(field) for field in fields[11:15])
    tree = [str(pid)]
    for process in tree:
        tree += below.get(process, [])
    return sum(used.get(process, 0) for process in tree) / TICKS


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine's processors since it started, in seconds: used by anybody, and not used."""

    busy: float
    idle: float

    @classmethod
    def now(cls) -> Machine:
        """Read the counters."""
        line = Path("/proc/stat").read_text("ascii").splitlines()[0]
        fields = [int(field) / TICKS for field in line.split()[1:9]]
        idle = fields[3] + fields[4]
        return cls(sum(fields) - idle, idle)

    def used_since(self, earlier: Machine) -> float:
        """Return the share that was used, 0 to 1."""
        busy, idle = self.busy - earlier.busy, self.idle - earlier.idle
        return busy / max(busy + idle, 1e-9)


def model() -> str:
    """Return the processor's name."""
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"
