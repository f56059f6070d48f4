from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scout_workers.domain.schedules import Misfire, wanted

NOW = datetime(2026, 6, 21, 12, 0, 30, tzinfo=UTC)
GRACE = timedelta(minutes=2)


def at(*minutes_ago: int) -> list[datetime]:
    return [NOW - timedelta(minutes=each) for each in minutes_ago]


@pytest.mark.parametrize("misfire", Misfire)
def test_a_time_that_is_on_time_runs_whatever_becomes_of_missed_ones(misfire: Misfire) -> None:
    assert wanted(at(2, 1, 0), NOW, misfire, grace=GRACE) == at(2, 1, 0)


@pytest.mark.parametrize(
    ("misfire", "chosen"),
    [(Misfire.ONCE, at(10)), (Misfire.SKIP, []), (Misfire.ALL, at(30, 20, 10))],
)
def test_of_times_that_were_missed_the_latest_runs_or_none_or_all(
    misfire: Misfire, chosen: list[datetime]
) -> None:
    assert wanted(at(30, 20, 10), NOW, misfire, grace=GRACE) == chosen


@pytest.mark.parametrize(
    ("misfire", "chosen"),
    [(Misfire.ONCE, at(0)), (Misfire.SKIP, at(0)), (Misfire.ALL, at(20, 10, 0))],
)
def test_one_that_is_on_time_makes_up_for_those_that_were_missed(
    misfire: Misfire, chosen: list[datetime]
) -> None:
    assert wanted(at(20, 10, 0), NOW, misfire, grace=GRACE) == chosen


def test_where_nothing_is_due_nothing_runs() -> None:
    assert wanted([], NOW, Misfire.ONCE, grace=GRACE) == []
