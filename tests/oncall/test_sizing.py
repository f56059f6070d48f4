"""Sizes by Little's law: the arithmetic is written out, and says what is too small."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scout_workers.oncall import sizing
from scout_workers.store.figures import CallTimes, PoolFigures

APP = PoolFigures(
    pool="scout_app",
    host="h",
    pid=7,
    measured_seconds=1000.0,
    told_seconds=3.0,
    size=4,
    in_use=1,
    max_size=10,
    checkouts=40_000,
    wait_seconds=1.0,
    wait_p99=0.001,
    hold_seconds=100.0,
    hold_p99=0.02,
    busiest=1.0,
)
NAMES = {"scout_app": "SCOUT_POOLS__APPLICATION_SIZE"}


@pytest.mark.parametrize(("busy", "size"), [(0.0, 1), (0.25, 3), (1.0, 5), (4.0, 11), (25.0, 41)])
def test_a_size_leaves_room_for_bursts(busy: float, size: int) -> None:
    assert sizing.size_for(busy) == size


def test_a_pool_is_judged_by_the_process_that_used_it_most_with_the_arithmetic() -> None:
    (advice,) = sizing.pools([replace(APP, busiest=0.1), APP], NAMES)

    assert (advice.now, advice.advised, advice.enough) == (10, 5, True)
    assert advice.arithmetic == (
        "40.0 checkouts/s × 2.5 ms held = 0.10 in use on average, 1.00 at the busiest; "
        "1.00 + 3·√1.00 + 1 → 5; p99: waited for 1.0 ms, held for 20.0 ms"
    )
    assert advice.verdict == "5 would do; 10 leave room for every thread to begin at once"


@pytest.mark.parametrize(
    ("changes", "enough", "verdict"),
    [
        ({"max_size": 4}, False, "raise SCOUT_POOLS__APPLICATION_SIZE from 4 to 5"),
        ({"max_size": 6}, True, "it is right"),
        ({"wait_p99": 0.2}, False, "borrowers wait: bursts; try SCOUT_POOLS__APPLICATION_SIZE=12"),
        ({"checkouts": 7}, True, "too little was measured yet: 7 checkouts"),
    ],
)
def test_what_to_do_about_a_pool_is_said(
    changes: dict[str, float], *, enough: bool, verdict: str
) -> None:
    (advice,) = sizing.pools([replace(APP, **changes)], NAMES)  # type: ignore[arg-type]  # a test

    assert advice.enough is enough
    assert verdict in advice.verdict


def test_slots_are_reckoned_from_the_busiest_hour_of_calls() -> None:
    times = [CallTimes("describe", 9000, 12.0, 60.0, 3600), CallTimes("poetry", 1, 1.0, 1.0, 1)]
    slots = {"describe": ("processing and backfill", 20)}

    (few,) = sizing.calls(times, slots, 1)
    (many,) = sizing.calls(times, slots, 2)

    assert few.arithmetic.startswith("3,600 calls in the busiest hour = 1.000/s × 12.0 s = 12.00")
    assert (few.advised, few.enough) == (24, False)
    assert few.verdict.endswith("more slots, or 2 processes")
    assert many.enough
    assert sizing.thinking(times[:1]) == pytest.approx(12.0)
