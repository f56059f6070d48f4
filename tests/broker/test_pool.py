"""The pool: reasons at once, the dead passed over, the hung ended, forks survived."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest
from fix_broker import rows

from scout_workers.broker import BrokerUnavailableError, Pool

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pool(empty_database: str) -> Iterator[Pool]:
    pool = Pool(empty_database, application_name="scout_test_pool", max_size=3)
    yield pool
    pool.close()


def one(pool: Pool) -> int:
    with pool.connection() as connection:
        row = connection.execute("SELECT 1").fetchone()
        assert row is not None
        return int(row[0])


def test_a_pool_whose_connections_all_died_serves_the_next_caller_at_once(
    pool: Pool, empty_database: str
) -> None:
    with pool.connection(), pool.connection(), pool.connection():
        pass
    assert pool.stats().idle == 3
    rows(
        empty_database,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE application_name = 'scout_test_pool' AND datname = current_database()",
    )
    started = time.monotonic()
    assert [one(pool) for _ in range(12)] == [1] * 12
    assert time.monotonic() - started < 1


def test_a_borrower_is_told_why_no_connection_can_be_made() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    pool = Pool(f"postgresql://x@127.0.0.1:{port}/x", application_name="x", max_size=1)
    for _ in range(3):  # a failed attempt gives its place back
        with pytest.raises(psycopg.OperationalError, match="refused"), pool.connection():
            pass


def test_a_full_pool_says_whose_it_is_and_how_large(pool: Pool) -> None:
    full = pytest.raises(BrokerUnavailableError, match="all 3 connections of scout_test_pool")
    with pool.connection(), pool.connection(), pool.connection(), full:
        pool._borrow(timeout=0.05)
    assert one(pool) == 1


def test_a_waiting_borrower_gets_the_connection_that_comes_back(pool: Pool) -> None:
    got: list[int] = []
    with pool.connection(), pool.connection():
        with pool.connection():
            waiting = threading.Thread(target=lambda: got.append(one(pool)), name="waiting")
            waiting.start()
            while not pool._condition._waiters:  # type: ignore[attr-defined]  # private
                os.sched_yield()
        waiting.join(5)
    assert got == [1]


def test_an_operation_over_its_time_is_ended_from_outside(pool: Pool) -> None:
    started = time.monotonic()
    with pytest.raises(psycopg.OperationalError), pool.connection(operation_timeout=0.3) as c:
        c.execute("SELECT pg_sleep(10)")
    assert time.monotonic() - started < 3
    assert one(pool) == 1


def test_a_connection_left_in_the_middle_of_something_is_not_lent_again(pool: Pool) -> None:
    with pool.connection() as connection:
        connection.execute("BEGIN")
        first = connection.info.backend_pid
    with pool.connection() as connection:
        assert connection.info.backend_pid != first
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_connections_carry_their_name_and_nothing_is_prepared(pool: Pool) -> None:
    with pool.connection() as connection:
        for _ in range(10):
            connection.execute("SELECT %s::int", [1])
        named = connection.execute("SELECT current_setting('application_name')").fetchone()
        prepared = connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()
    assert named == ("scout_test_pool",)
    assert prepared == (0,)


def test_waits_and_holds_are_measured(pool: Pool) -> None:
    with pool.connection() as connection:
        connection.execute("SELECT pg_sleep(0.1)")
    stats = pool.stats()
    assert stats.holds.count == stats.waits.count == 1
    assert 0.1 <= stats.holds.longest < 5


def test_a_warm_pool_has_all_its_connections_before_anybody_asks(pool: Pool) -> None:
    pool.warm()
    assert (pool.stats().idle, pool.stats().size) == (3, 3)


def test_a_forked_child_opens_its_own_connections(pool: Pool) -> None:
    with pool.connection() as connection:
        parents = connection.info.backend_pid
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover (another process)
        try:
            with pool.connection() as connection:
                os.write(write, str(connection.info.backend_pid).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        assert int(answer.read()) != parents
    os.waitpid(child, 0)
    with pool.connection() as connection:
        assert connection.info.backend_pid == parents
