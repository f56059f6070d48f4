"""How large pools and slots need be, by Little's law: how often, times how long.

    L = λ · W              busy on average = begun a second × seconds each
    size = L + 3·√L + 1    random arrivals come in bursts: three deviations of a Poisson, and one

No I/O: from figures to advice, with the arithmetic written out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.store.figures import CallTimes, PoolFigures

LEAST_POOL = 2
_BURSTS = 3.0
_MUCH_WAITING_SECONDS = 0.05
_FEW_CHECKOUTS = 100
_HOUR = 3600.0
_MILLI = 1000


@dataclass(frozen=True, slots=True)
class Advice:
    """What one thing should be large.

    Attributes:
        what: "scout_app, each process"; "describe, all workers".
        arithmetic: How it was reckoned, written out.
        now: How large it is.
        advised: How large it should be at least.
        verdict: What to do, or that nothing need be done.
        enough: Whether it is large enough.
    """

    what: str
    arithmetic: str
    now: int
    advised: int
    verdict: str
    enough: bool


def size_for(busy: float) -> int:
    """Return how many there should be where so many are busy on average."""
    return math.ceil(busy + _BURSTS * math.sqrt(busy)) + 1


def pools(figures: Sequence[PoolFigures], settings: dict[str, str]) -> list[Advice]:
    """Advise on each pool, by the process that used it most.

    Args:
        figures: As processes told them.
        settings: The setting that sizes each pool, by the pool's name.
    """
    names = dict.fromkeys(each.pool for each in figures)
    worst = [max((e for e in figures if e.pool == name), key=_busy) for name in names]
    return [_pool(each, settings.get(each.pool, "its size")) for each in worst]


def calls(
    times: Sequence[CallTimes], slots: dict[str, tuple[str, int]], processes: int
) -> list[Advice]:
    """Advise on slots, by how many calls of each purpose were under way in the busiest hour.

    Args:
        times: As the ledger has them.
        slots: The queues of each purpose, in words, and the slots they have in one process.
        processes: How many there are.
    """
    return [
        _calls(each, *slots[each.purpose], processes) for each in times if each.purpose in slots
    ]


def thinking(times: Sequence[CallTimes]) -> float:
    """Return how many calls were under way on average in their busiest hours."""
    return sum(each.busiest_hour / _HOUR * each.seconds for each in times)


def _busy(figures: PoolFigures) -> float:
    average = figures.hold_seconds / figures.measured_seconds if figures.measured_seconds else 0.0
    return max(average, figures.busiest)


def _pool(figures: PoolFigures, setting: str) -> Advice:
    seconds = figures.measured_seconds or 1.0
    rate, busy = figures.checkouts / seconds, _busy(figures)
    each = figures.hold_seconds / figures.checkouts if figures.checkouts else 0.0
    size = max(size_for(busy), LEAST_POOL)
    arithmetic = (
        f"{rate:.1f} checkouts/s × {each * _MILLI:.1f} ms held = {rate * each:.2f} in use on "
        f"average, {busy:.2f} at the busiest; {busy:.2f} + 3·√{busy:.2f} + 1 → {size}; p99: waited "
        f"for {figures.wait_p99 * _MILLI:.1f} ms, held for {figures.hold_p99 * _MILLI:.1f} ms"
    )
    # The first checkouts wait for connections that are only being made.
    enough = figures.checkouts < _FEW_CHECKOUTS or (
        size <= figures.max_size and figures.wait_p99 <= _MUCH_WAITING_SECONDS
    )
    return Advice(
        what=f"{figures.pool}, each process",
        arithmetic=arithmetic,
        now=figures.max_size,
        advised=size,
        verdict=_verdict(figures, size, setting),
        enough=enough,
    )


def _verdict(figures: PoolFigures, size: int, setting: str) -> str:
    if figures.checkouts < _FEW_CHECKOUTS:
        return f"too little was measured yet: {figures.checkouts} checkouts"
    if size > figures.max_size:
        return f"raise {setting} from {figures.max_size} to {size}"
    if figures.wait_p99 > _MUCH_WAITING_SECONDS:
        return (
            f"it is large enough on average, yet borrowers wait: bursts; try {setting}="
            f"{figures.max_size + 2}"
        )
    if size <= figures.max_size // 2:
        return f"{size} would do; {figures.max_size} leave room for every thread to begin at once"
    return "it is right"


def _calls(times: CallTimes, queues: str, slots: int, processes: int) -> Advice:
    rate = times.busiest_hour / _HOUR
    busy, have = rate * times.seconds, slots * max(processes, 1)
    size = size_for(busy)
    arithmetic = (
        f"{times.busiest_hour:,} calls in the busiest hour = {rate:.3f}/s × {times.seconds:.1f} s "
        f"= {busy:.2f} under way; {busy:.2f} + 3·√{busy:.2f} + 1 → {size}"
    )
    enough = size <= have
    verdict = (
        f"{have} slots of {queues} do"
        if enough
        else f"{have} slots of {queues} are too few: more slots, or {math.ceil(size / slots)} "
        "processes"
    )
    return Advice(f"{times.purpose}, all workers", arithmetic, have, size, verdict, enough)
