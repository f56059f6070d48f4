"""Worker processes as they are named on the command line, and how they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scout_workers.cli.console import plain
from scout_workers.cli.errors import UsageMistakeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.app import App
    from scout_workers.app.operating import WorkerRow

_ID = re.compile(r"[0-9a-f-]{4,36}")


def dead_after(app: App) -> float:
    """Return the seconds of silence after which a process is thought dead."""
    own = app.settings.broker
    return own.heartbeat_seconds * own.dead_after_missed


def state_of(worker: WorkerRow, silence: float) -> str:
    """Say in a word or two how a process is; silent for so many seconds it is dead."""
    if worker.heartbeat_age > silence:
        return "dead"
    if worker.draining:
        return "draining"
    return "asked to drain" if worker.drain_asked_at else "alive"


def meant(workers: Sequence[WorkerRow], names: Sequence[str]) -> list[WorkerRow]:
    """Return the processes that were named: by the beginning of an id, by host, by host:pid.

    Raises:
        UsageMistakeError: One is none of these, or the beginning of several ids.
    """
    found: dict[object, WorkerRow] = {}
    for name in names:
        named = [each for each in workers if name in {each.host, f"{each.host}:{each.pid}"}]
        if not named and _ID.fullmatch(name.lower()):
            named = [each for each in workers if str(each.id).startswith(name.lower())]
            if len(named) > 1:
                raise UsageMistakeError(f"{plain(name)!r} begins several ids, type more of it.")
        if not named:
            there = ", ".join(f"{each.host}:{each.pid}" for each in workers) or "none"
            raise UsageMistakeError(
                f"No worker process is {plain(name)!r}: see `scout-workers worker list`. There "
                f"are: {plain(there)}."
            )
        found |= {each.id: each for each in named}
    return list(found.values())
