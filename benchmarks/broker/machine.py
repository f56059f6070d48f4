"""Where and with what a measure was made."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from . import processor, services, venvs

if TYPE_CHECKING:
    from .bench import Bench


def conditions(bench: Bench) -> dict[str, str]:
    """Tell when, on what machine, how busy it was, and which versions took part."""
    versions = [
        f"{entrant.title} {venvs.version_of(entrant, bench.pythons[entrant.name])}"
        for entrant in bench.entrants()
    ]
    versions += [f"{name} {services.version_of(name)}" for name in bench.urls]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{os.cpu_count()} × {processor.model()}, {platform.system()} "
        f"{platform.release()}, load at the end {load}",
        "server": f"Postgres {bench.postgres.version()}, fsync and synchronous_commit on; "
        f"Python {platform.python_version()}",
        "rounds": f"{bench.rounds}{', quick' if bench.quick else ''}",
        "versions": "; ".join(versions),
    }
