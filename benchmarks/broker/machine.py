"""Where and with what a measure was made."""

from __future__ import annotations

import math
import os
import platform
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from . import processor, services, venvs

if TYPE_CHECKING:
    from .bench import Bench


class Watch:
    """Tells how much of the machine others took while something was measured.

    Args:
        bench: The run whose servers and processes are not others.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._began = time.monotonic()
        self._machine, self._own = processor.Machine.now(), self._used()

    def _used(self) -> float:
        server = self._bench.postgres.cpu()
        return processor.cpu_of_tree(os.getpid()) + (0.0 if math.isnan(server) else server)

    def others(self) -> float:
        """Return how many cores others kept busy, on average."""
        cores = os.cpu_count() or 1
        used = processor.Machine.now().used_since(self._machine) * cores
        own = (self._used() - self._own) / (time.monotonic() - self._began)
        return max(0.0, used - own)


def conditions(bench: Bench, watch: Watch) -> dict[str, str]:
    """Tell when, on what machine, how busy it was with others, and which versions took part."""
    versions = [
        f"{entrant.title} {venvs.version_of(entrant, bench.pythons[entrant.name])}"
        for entrant in bench.entrants()
    ]
    versions += [f"{name} {services.version_of(name)}" for name in bench.urls]
    return {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{os.cpu_count()} × {processor.model()}, {platform.system()} "
        f"{platform.release()}",
        "others": f"{watch.others():.2f} of {os.cpu_count()} cores busy with other things",
        "server": f"Postgres {bench.postgres.version()}, fsync and synchronous_commit on; "
        f"Python {platform.python_version()}",
        "rounds": f"{bench.rounds}{', quick' if bench.quick else ''}",
        "versions": "; ".join(versions),
    }
