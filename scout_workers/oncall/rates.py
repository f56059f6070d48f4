"""How fast things go, from two looks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from scout_workers.oncall.overview import Flow

if TYPE_CHECKING:
    from scout_workers.oncall.overview import Overview


@dataclass(frozen=True, slots=True)
class Rates:
    """What happened a second between two looks.

    Attributes:
        put, gone, died: Messages that were put in, that left, and that died.
        captures, calls: Captures that came, calls of models that were begun.
        growth: By how many a second each queue grew, that is in both looks; less than 0: it shrank.
    """

    put: float
    gone: float
    died: float
    captures: float
    calls: float
    growth: dict[str, float]


def rates(before: Overview, after: Overview) -> Rates | None:
    """Reckon what happened between two looks.

    Returns:
        None: there was no time between them, or the server began to count anew.
    """
    seconds = (after.at - before.at).total_seconds()
    moved = {
        each.name: getattr(after.flow, each.name) - getattr(before.flow, each.name)
        for each in fields(Flow)
    }
    if seconds <= 0 or min(moved.values()) < 0:
        return None
    held = {queue.queue: queue.waits for queue in before.queues}
    return Rates(
        **{name: count / seconds for name, count in moved.items()},
        growth={
            queue.queue: (queue.waits - held[queue.queue]) / seconds
            for queue in after.queues
            if queue.queue in held
        },
    )
