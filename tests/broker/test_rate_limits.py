"""Counters as Dramatiq defines them, by the database's clock, in transactions of their own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.errors import ConnectionClosed, RateLimitExceeded
from dramatiq.rate_limits import (
    Barrier,
    BucketRateLimiter,
    ConcurrentRateLimiter,
    WindowRateLimiter,
)
from fix_broker import eventually, rows, usual_middleware, working

from scout_workers.broker import PostgresBroker, PostgresRateLimits

if TYPE_CHECKING:
    from fix_broker import MakeBroker
    from fix_proxy import MakeCable

MINUTE = 60_000


@pytest.fixture
def limits(broker: PostgresBroker) -> PostgresRateLimits:
    """A backend."""
    return PostgresRateLimits(broker)


def value(url: str, key: str) -> object:
    found = rows(url, "SELECT value FROM scout_broker.rate_limit WHERE key = %s", key)
    return found[0][0] if found else None


def expire(url: str) -> None:
    rows(url, "UPDATE scout_broker.rate_limit SET expires_at = now()")


def test_a_counter_is_begun_by_one_and_again_when_it_has_expired(
    limits: PostgresRateLimits, broker_database: str
) -> None:
    assert limits.add("a", 3, MINUTE)
    assert not limits.add("a", 4, MINUTE)
    assert value(broker_database, "a") == 3
    expire(broker_database)
    assert limits.add("a", 5, MINUTE)
    assert value(broker_database, "a") == 5


def test_a_counter_goes_up_to_its_maximum_and_down_to_its_minimum(
    limits: PostgresRateLimits, broker_database: str
) -> None:
    assert [limits.incr("a", 2, 5, MINUTE) for _ in range(3)] == [True, True, False]
    assert limits.incr("a", 1, 5, MINUTE)
    assert value(broker_database, "a") == 5
    assert [limits.decr("a", 2, 1, MINUTE) for _ in range(3)] == [True, True, False]
    assert value(broker_database, "a") == 1


@pytest.mark.parametrize("expired", [True, False])
def test_a_counter_that_is_not_there_is_at_zero(
    limits: PostgresRateLimits, broker_database: str, *, expired: bool
) -> None:
    if expired:
        assert limits.add("a", 4, MINUTE)
        expire(broker_database)
    assert not limits.incr("a", 6, 5, MINUTE)
    assert not limits.decr("a", 1, 0, MINUTE)
    assert limits.decr("a", 1, -1, MINUTE)
    assert limits.incr("a", 3, 2, MINUTE)
    assert value(broker_database, "a") == 2


def test_each_change_gives_the_counter_its_time_to_live_anew(
    limits: PostgresRateLimits, broker_database: str
) -> None:
    left = (
        "SELECT round(extract(epoch FROM expires_at - now()) / 60)::int "
        "FROM scout_broker.rate_limit"
    )
    assert limits.add("a", 1, MINUTE)
    assert limits.incr("a", 1, 5, 10 * MINUTE)
    assert rows(broker_database, left) == [(10,)]
    assert limits.decr("a", 1, 0, 20 * MINUTE)
    assert rows(broker_database, left) == [(20,)]
    assert not limits.incr("a", 9, 5, 30 * MINUTE)
    assert rows(broker_database, left) == [(20,)]


def test_a_sum_is_over_the_keys_it_is_told_and_what_of_them_has_not_expired(
    limits: PostgresRateLimits, broker_database: str
) -> None:
    def keys() -> list[str]:
        return ["a", "b", "c"]

    assert limits.add("a", 2, MINUTE)
    expire(broker_database)
    assert limits.add("b", 2, MINUTE)
    assert limits.add("d", 9, MINUTE)
    assert [limits.incr_and_sum("c", keys, 2, 6, MINUTE) for _ in range(3)] == [True, True, False]
    assert limits.incr_and_sum("e", keys, 0, 6, MINUTE)
    assert not limits.incr_and_sum("d", keys, 1, 9, MINUTE)
    assert value(broker_database, "c") == 4


def test_a_window_counts_what_came_in_later_seconds_while_it_waited(
    limits: PostgresRateLimits,
) -> None:
    # Begun in second 100, it had to wait for others until second 101 was full.
    assert limits.add("w@101", 5, MINUTE)
    assert not limits.incr_and_sum("w@100", lambda: ["w@100", "w@99"], 1, 5, MINUTE)
    assert limits.incr_and_sum("w@100", lambda: ["w@100", "w@99"], 1, 6, MINUTE)


def test_what_is_announced_is_heard_by_who_waits_and_who_comes_later(
    limits: PostgresRateLimits,
) -> None:
    heard: list[bool] = []
    waiter = threading.Thread(target=lambda: heard.append(limits.wait("a", None)), name="waiter")
    waiter.start()
    limits.wait_notify("a", MINUTE)
    waiter.join(10)
    assert heard == [True]
    assert limits.wait("a", 1000)
    assert not limits.wait("b", 50)


def test_a_barrier_holds_everybody_until_all_are_there(limits: PostgresRateLimits) -> None:
    barrier = Barrier(limits, "all", ttl=MINUTE)  # type: ignore[no-untyped-call]  # Dramatiq
    assert barrier.create(3)  # type: ignore[no-untyped-call]  # Dramatiq
    assert not barrier.create(3)  # type: ignore[no-untyped-call]  # Dramatiq
    passed: list[bool] = []

    def reach() -> None:
        passed.append(barrier.wait(timeout=10_000))  # type: ignore[no-untyped-call]  # Dramatiq

    parties = [threading.Thread(target=reach, name="party") for _ in range(3)]
    for party in parties[:2]:
        party.start()
    assert not limits.wait("all@events", 200)
    assert passed == []
    parties[2].start()
    for party in parties:
        party.join(10)
    assert passed == [True, True, True]


def test_the_three_limiters_let_in_as_many_as_they_say(limits: PostgresRateLimits) -> None:
    one = ConcurrentRateLimiter(limits, "one", limit=2)  # type: ignore[no-untyped-call]  # Dramatiq
    day = 24 * 60 * MINUTE
    bucket = BucketRateLimiter(limits, "day", limit=3, bucket=day)  # type: ignore[no-untyped-call]  # Dramatiq
    window = WindowRateLimiter(limits, "hour", limit=4, window=3600)  # type: ignore[no-untyped-call]  # Dramatiq
    with one.acquire(), one.acquire(), pytest.raises(RateLimitExceeded), one.acquire():
        pass
    with one.acquire(raise_on_failure=False) as acquired:
        assert acquired
    for limiter, most in ((bucket, 3), (window, 4)):
        let_in = []
        for _ in range(6):
            with limiter.acquire(raise_on_failure=False) as acquired:
                let_in.append(acquired)
        assert let_in == [True] * most + [False] * (6 - most)


def test_a_limit_holds_though_the_work_under_it_is_rolled_back(
    broker: PostgresBroker, broker_database: str
) -> None:
    limits = PostgresRateLimits()
    with broker.pool.connection() as connection, connection.transaction(force_rollback=True):
        assert limits.incr("paid", 1, 1, MINUTE)
    assert value(broker_database, "paid") == 1


def test_an_actor_holds_a_slot_while_it_runs_and_the_others_are_retried(
    make_broker: MakeBroker,
) -> None:
    broker = make_broker(middleware=usual_middleware(max_retries=200))
    mutex = ConcurrentRateLimiter(PostgresRateLimits(), "mutex", limit=1)  # type: ignore[no-untyped-call]  # Dramatiq
    inside, most, done = [0], [0], []
    lock = threading.Lock()

    @dramatiq.actor(broker=broker)
    def alone(number: int) -> None:
        with mutex.acquire():
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            rows(broker.pool._conninfo, "SELECT 1")
            with lock:
                inside[0] -= 1
        done.append(number)

    for number in range(12):
        alone.send(number)
    with working(broker):
        broker.join("default", timeout=20_000)
    assert most == [1]
    assert sorted(done) == list(range(12))


def test_a_limit_waits_for_the_server_while_nothing_was_sent_to_it(
    make_broker: MakeBroker, broker_database: str, make_cable: MakeCable
) -> None:
    cable = make_cable(broker_database)
    limits = PostgresRateLimits(make_broker(cable.url))
    assert limits.incr("a", 1, 9, MINUTE)
    cable.refuse()
    mended = threading.Timer(0.5, cable.mend)
    mended.name = "mender"
    mended.start()
    assert limits.incr("a", 1, 9, MINUTE)
    mended.join()
    assert value(broker_database, "a") == 2


def test_a_limit_whose_answer_was_lost_is_not_taken_twice(
    make_broker: MakeBroker, broker_database: str, make_cable: MakeCable
) -> None:
    cable = make_cable(broker_database)
    limits = PostgresRateLimits(make_broker(cable.url))
    assert limits.incr("a", 1, 9, MINUTE)
    lost = cable.lose_reply_to(b"rate_limit")
    with pytest.raises(ConnectionClosed):
        limits.incr("a", 1, 9, MINUTE)
    assert lost.is_set()
    assert value(broker_database, "a") == 2
    eventually(lambda: limits.incr("a", 1, 9, MINUTE))
    assert value(broker_database, "a") == 3


def test_nearly_every_count_touches_no_index(broker: PostgresBroker, broker_database: str) -> None:
    limits = PostgresRateLimits(broker)
    for _ in range(200):
        assert limits.incr("hot", 1, 1000, MINUTE)
    counted = (
        "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables "
        "WHERE schemaname = 'scout_broker' AND relname = 'rate_limit'"
    )
    with broker.pool.connection() as connection:
        # The server session that counted would keep its statistics to itself for ten seconds.
        connection.execute("SELECT pg_stat_force_next_flush()")
    eventually(lambda: rows(broker_database, counted)[0][0] == 199)
    assert rows(broker_database, counted)[0][1] >= 195
