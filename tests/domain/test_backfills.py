"""What a backfill may feed, by pure arithmetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from scout_workers.domain.backfills import (
    LONGEST_PAUSE,
    SHORTEST_PAUSE,
    Selection,
    Standing,
    Stop,
    Throttle,
    Which,
    hash_of_ids,
    pause,
    rate_used,
    room,
    stop,
)

NOW = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
REST = Standing(now=NOW, in_flight=0)


def test_what_is_in_flight_never_passes_its_most() -> None:
    throttle = Throttle(max_in_flight=10)
    assert [room(throttle, replace(REST, in_flight=flying)) for flying in (0, 4, 10, 12)] == [
        10,
        6,
        0,
        0,
    ]


def test_the_more_live_messages_wait_the_less_is_fed() -> None:
    throttle = Throttle(max_in_flight=100, yield_at=50)
    waiting = (0, 5, 25, 49, 50, 1000)
    assert [room(throttle, replace(REST, live_waiting=each)) for each in waiting] == [
        100,
        90,
        50,
        2,
        0,
        0,
    ]
    one = Throttle(max_in_flight=1, yield_at=50)
    assert [room(one, replace(REST, live_waiting=each)) for each in waiting] == [1, 1, 1, 1, 0, 0]


def test_a_rate_is_kept_from_step_to_step_and_little_is_made_up_for() -> None:
    throttle = Throttle(max_in_flight=1000, rate=60.0)
    assert room(throttle, REST) == 0
    used = rate_used(throttle, REST, 0)
    later = replace(REST, now=NOW + timedelta(seconds=3), rate_used_until=used)
    assert room(throttle, later) == 3
    used = rate_used(throttle, later, 3)
    assert room(throttle, replace(later, rate_used_until=used)) == 0
    much_later = replace(later, now=NOW + timedelta(hours=3), rate_used_until=used)
    assert room(throttle, much_later) == 10


@pytest.mark.parametrize("rate", [0.5, 7.0, 61.0, 6000.0])
def test_over_an_hour_a_rate_comes_out_as_it_was_asked_for(rate: float) -> None:
    throttle = Throttle(max_in_flight=100_000, rate=rate)
    standing, fed = REST, 0
    for second in range(1, 3601):
        standing = replace(standing, now=NOW + timedelta(seconds=second))
        free = room(throttle, standing)
        fed += free
        standing = replace(standing, rate_used_until=rate_used(throttle, standing, free))
    assert rate * 60 - rate / 60 - 2 <= fed <= rate * 60 + rate / 60 + 1


def test_a_cost_is_kept_with_those_in_flight_counted_as_dear_as_the_others() -> None:
    throttle = Throttle(max_in_flight=100, max_cost=1_000_000)
    standing = replace(REST, settled=10, cost=500_000, in_flight=4)
    assert room(throttle, standing) == 6
    assert stop(throttle, standing) is None
    assert room(throttle, replace(standing, in_flight=10)) == 0
    assert stop(throttle, replace(standing, in_flight=10)) is None
    assert stop(throttle, replace(standing, in_flight=0, settled=20, cost=980_000)) is Stop.COST


def test_before_anything_was_paid_the_plan_says_what_one_costs() -> None:
    throttle = Throttle(max_in_flight=100, max_cost=1_000_000)
    assert room(throttle, replace(REST, expected_cost=300_000)) == 3
    assert room(throttle, REST) == 100


def test_a_cost_that_nobody_knows_stops_it_only_where_there_is_one_to_keep() -> None:
    standing = replace(REST, unpriced=1, settled=3)
    assert stop(Throttle(max_cost=1), standing) is Stop.UNPRICED
    assert stop(Throttle(), standing) is None


def test_at_its_time_it_stops() -> None:
    throttle = Throttle(until=NOW)
    assert stop(throttle, replace(REST, now=NOW - timedelta(seconds=1))) is None
    assert stop(throttle, REST) is Stop.UNTIL


def test_the_next_step_comes_when_about_a_quarter_is_over() -> None:
    throttle = Throttle(max_in_flight=100)
    assert pause(throttle, settled=50, seconds=2.0, held=False) == 1.0
    assert pause(throttle, settled=10_000, seconds=1.0, held=False) == SHORTEST_PAUSE
    assert pause(throttle, settled=1, seconds=4.0, held=False) == LONGEST_PAUSE
    assert pause(throttle, settled=0, seconds=1.0, held=False) == 2.0
    assert pause(throttle, settled=0, seconds=100.0, held=True) == 1.0


def test_the_same_selection_has_the_same_hash_and_no_other_has() -> None:
    organization = UUID(int=7)
    one = Selection(organization)
    others = [
        Selection(UUID(int=8)),
        replace(one, camera_id=UUID(int=1)),
        replace(one, since=NOW),
        replace(one, before=NOW),
        replace(one, which=Which.OLDER),
        replace(one, sample=5),
        replace(one, named=hash_of_ids([uuid4()])),
    ]
    assert one.hash == Selection(UUID(int=7)).hash
    assert len({each.hash for each in [one, *others]}) == len(others) + 1


def test_ids_are_the_same_in_whatever_order() -> None:
    ids = [uuid4() for _ in range(5)]
    assert hash_of_ids(ids) == hash_of_ids([*reversed(ids), ids[0]])
