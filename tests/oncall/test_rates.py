"""How fast things go, from two looks; none where nobody can say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fix_oncall import QUEUE, WELL

from scout_workers.oncall import Flow, Rates, rates

LATER = WELL.at + timedelta(seconds=2)
AFTER = replace(
    WELL,
    at=LATER,
    flow=Flow(13, 9, 0, 6, 5),
    queues=[replace(QUEUE, ready=1), replace(QUEUE, queue="new")],
)


def test_what_happened_between_two_looks_is_told_a_second() -> None:
    assert rates(WELL, AFTER) == Rates(2.0, 3.0, 0.0, 0.5, 0.0, {"processing": -1.0})


def test_there_are_no_rates_where_no_time_passed_or_the_server_began_anew() -> None:
    assert rates(AFTER, replace(AFTER)) is None
    assert rates(WELL, replace(AFTER, flow=Flow(0, 0, 0, 0, 0))) is None
