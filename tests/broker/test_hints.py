"""The low-water mark: it lags, it never hides a message for long, and it keeps a claim cheap."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
from fix_broker import rows
from psycopg import sql

from scout_workers.broker.hints import (
    FAR_SECONDS,
    FULL_LOOK_SECONDS,
    LOWEST,
    NEAR_SECONDS,
    SHARE,
    Hints,
)
from scout_workers.broker.queries import query

if TYPE_CHECKING:
    from scout_workers.broker import PostgresBroker


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hints(clock: Clock) -> Hints:
    """Hints whose first looks, at the head and further back, are done."""
    hints = Hints(lambda: {0}, clock)
    assert hints.ranges({"default": 5}).priorities == [None]
    hints.note([])
    hints.ranges({"default": 5})
    hints.note([])
    return hints


def test_the_bound_is_what_was_claimed_a_moment_ago(hints: Hints, clock: Clock) -> None:
    assert hints.ranges({"default": 5}).lows == [LOWEST]
    hints.claimed("default", 0, 100)
    assert hints.ranges({"default": 5}).lows == [100]
    clock.now += NEAR_SECONDS / 2
    hints.claimed("default", 0, 200)
    clock.now += NEAR_SECONDS / 2
    assert hints.ranges({"default": 5}).lows == [100]
    clock.now += NEAR_SECONDS / 2
    assert hints.ranges({"default": 5}).lows == [200]


def test_a_message_that_came_late_lowers_the_bound_again(hints: Hints, clock: Clock) -> None:
    hints.claimed("default", 0, 200)
    clock.now += NEAR_SECONDS / 2
    hints.claimed("default", 0, 150)
    clock.now += NEAR_SECONDS
    assert hints.ranges({"default": 1}).lows == [150]


def test_every_second_a_look_begins_where_the_queue_was_seconds_ago(
    hints: Hints, clock: Clock
) -> None:
    hints.claimed("default", 0, 100)
    clock.now += FAR_SECONDS - NEAR_SECONDS
    hints.claimed("default", 0, 900)
    clock.now += NEAR_SECONDS
    assert hints.ranges({"default": 1}).lows == [100]
    hints.note([])
    assert hints.ranges({"default": 1}).lows == [900]


def test_every_half_minute_the_bound_is_left_out(hints: Hints, clock: Clock) -> None:
    clock.now += FULL_LOOK_SECONDS - 1
    assert hints.ranges({"default": 1}).priorities == [0]
    clock.now += 1
    assert hints.ranges({"default": 1}).priorities == [None]


def test_the_longer_a_look_further_back_takes_the_longer_until_the_next(
    hints: Hints, clock: Clock
) -> None:
    hints.claimed("default", 0, 100)
    clock.now += FAR_SECONDS - NEAR_SECONDS
    hints.claimed("default", 0, 900)
    clock.now += NEAR_SECONDS
    assert hints.ranges({"default": 1}).lows == [100]
    clock.now += 0.1  # so long it took
    hints.note([])
    clock.now += 0.09 * SHARE
    assert hints.ranges({"default": 1}).lows == [900]
    clock.now += 0.02 * SHARE
    hints.claimed("default", 0, 950)
    assert hints.ranges({"default": 1}).lows == [900]
    hints.note([])
    clock.now += NEAR_SECONDS
    assert hints.ranges({"default": 1}).lows == [950]


def test_each_priority_has_its_own_bound_and_new_ones_are_learned(clock: Clock) -> None:
    hints = Hints(lambda: {0, 10}, clock)
    hints.ranges({"default": 1})
    hints.claimed("default", 5, 70)
    clock.now += NEAR_SECONDS
    hints.ranges({"default": 1})
    ranges = hints.ranges({"default": 1})
    assert list(zip(ranges.priorities, ranges.lows, strict=True)) == [
        (0, LOWEST),
        (5, 70),
        (10, LOWEST),
    ]


def test_under_an_old_snapshot_a_claim_with_the_bound_reads_little_and_one_without_a_lot(
    broker: PostgresBroker, broker_database: str
) -> None:
    with psycopg.connect(broker_database) as old:
        old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        old.execute("SELECT 1")
        rows(broker_database, INSERT_READY, 20_000)
        rows(broker_database, "DELETE FROM scout_broker.message WHERE seq <= 19000")
        rows(broker_database, "VACUUM ANALYZE scout_broker.message")
        with_bound = claim_buffers(broker, broker_database, low=18_900)
        without = claim_buffers(broker, broker_database, low=LOWEST)
    assert with_bound < 300
    assert without > 3 * with_bound


INSERT_READY = """
INSERT INTO scout_broker.message (message_id, queue, actor, payload)
SELECT n::text, 'default', 'noop', ''::bytea FROM generate_series(1, %s) n
"""


def claim_buffers(broker: PostgresBroker, url: str, *, low: int) -> int:
    owner = uuid4()
    rows(
        url,
        "INSERT INTO scout_broker.worker (id, host, boot_id, pid_space, pid, pid_start, version, "
        "queues, threads) VALUES (%s, '', '', '', 1, 1, '', '{}', 1)",
        owner,
    )
    claim = query("claim", broker._database.schema)
    explain = sql.SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ") + claim
    parameters = {
        "owner": owner,
        "queues": ["default"],
        "priorities": [0],
        "lows": [low],
        "slots": [10],
    }
    with psycopg.connect(url) as connection:
        found = connection.execute(explain, parameters).fetchone()
        connection.rollback()
    assert found is not None
    plan: list[dict[str, Any]] = found[0] if isinstance(found[0], list) else json.loads(found[0])
    top = plan[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])
