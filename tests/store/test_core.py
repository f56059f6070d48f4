from __future__ import annotations

import logging
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest
from fix_broker import eventually
from fix_store import straight
from psycopg.sql import SQL

from scout_workers import deadline, phases
from scout_workers.broker import Pool
from scout_workers.store import (
    CommitLostError,
    NestedTransactionError,
    Store,
    StoreUnavailableError,
    Transaction,
    organizations,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_store import Database

    from scout_workers.store.transaction import Connection

NAMES = "SELECT name FROM scout.organizations ORDER BY name"


def _setting(tx: Transaction, name: str) -> str:
    row = tx.row(SQL("SELECT current_setting(%(name)s)"), {"name": name})
    assert row is not None
    return str(row[0])


def test_what_a_block_wrote_is_committed_when_it_ends(store: Store, database: Database) -> None:
    with store.transaction() as tx:
        organizations.find_or_create(tx, "Acme")
        assert database.rows(NAMES) == []
    assert database.rows(NAMES) == [("Acme",)]


def test_what_a_block_wrote_is_gone_when_it_raises(store: Store, database: Database) -> None:
    def fail() -> None:
        with store.transaction() as tx:
            organizations.find_or_create(tx, "Acme")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert database.rows(NAMES) == []


def test_a_swallowed_error_does_not_pass_for_a_commit(store: Store, database: Database) -> None:
    hooks: list[str] = []

    def swallow() -> None:
        with store.transaction() as tx:
            organizations.find_or_create(tx, "Acme")
            tx.after_commit(lambda: hooks.append("ran"))
            with pytest.raises(psycopg.errors.CheckViolation):
                organizations.find_or_create(tx, "")

    with pytest.raises(CommitLostError):
        swallow()
    assert database.rows(NAMES) == []
    assert hooks == []


def test_a_transaction_inside_a_transaction_is_refused(store: Store) -> None:
    with store.transaction(), pytest.raises(NestedTransactionError), store.transaction():
        pass
    with store.transaction() as tx:
        assert organizations.find_or_create(tx, "Acme")


def test_a_slow_call_inside_a_transaction_is_refused_and_one_after_it_is_not(store: Store) -> None:
    with store.transaction(), pytest.raises(phases.TransactionHeldError, match="model call"):
        phases.outside_transaction("model call")
    phases.outside_transaction("model call")


def test_hooks_run_in_order_after_the_commit_and_hold_nothing(
    store: Store, store_pool: Pool, database: Database
) -> None:
    seen: list[object] = []
    with store.transaction() as tx:
        organizations.find_or_create(tx, "Acme")
        tx.after_commit(lambda: seen.append(database.rows(NAMES)))
        tx.after_commit(lambda: phases.outside_transaction("a hook"))
        tx.after_commit(lambda: seen.append(store_pool.stats().idle))
        assert seen == []
    assert seen == [[("Acme",)], 1]


def test_a_hook_that_raises_is_logged_and_the_next_one_runs(
    store: Store, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    def broken() -> None:
        raise LookupError("no such queue")

    with store.transaction() as tx:
        organizations.find_or_create(tx, "Acme")
        tx.after_commit(broken)
        tx.after_commit(lambda: ran.append("next"))

    assert ran == ["next"]
    assert database.rows(NAMES) == [("Acme",)]
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "broken" in record.getMessage()
    assert "no such queue" in caplog.text


def test_hooks_of_a_failed_block_never_run(store: Store) -> None:
    ran: list[str] = []

    def fail() -> None:
        with store.transaction() as tx:
            tx.after_commit(lambda: ran.append("hook"))
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert ran == []


def test_statements_are_bound_by_the_store_and_by_the_deadline(store: Store) -> None:
    with store.transaction() as tx:
        assert _setting(tx, "statement_timeout") == "5s"
        assert _setting(tx, "idle_in_transaction_session_timeout") == "15s"
    with deadline.starting(2.0), store.transaction() as tx:
        value = _setting(tx, "statement_timeout")
        assert value.endswith("ms")
        assert 1000 < int(value.removesuffix("ms")) <= 2000


def test_the_bounds_leave_the_connection_with_the_transaction(
    store: Store, store_pool: Pool
) -> None:
    with store.transaction():
        pass
    with store_pool.connection() as connection:
        row = connection.execute("SHOW statement_timeout").fetchone()
    assert store_pool.stats().size == 1
    assert row == ("0",)


def test_a_statement_that_takes_too_long_is_ended_by_the_server(store_pool: Pool) -> None:
    store = Store(store_pool, statement_seconds=0.05)
    with pytest.raises(psycopg.errors.QueryCanceled), store.transaction() as tx:
        tx.execute(SQL("SELECT pg_sleep(30)"), {})


def test_no_transaction_begins_when_the_deadline_is_spent(
    store: Store, store_pool: Pool, database: Database
) -> None:
    with deadline.starting(0.0):
        with pytest.raises(deadline.DeadlineExceeded), store.transaction():
            pass
        with deadline.at_least(5.0), store.transaction() as tx:
            organizations.find_or_create(tx, "Acme")
    assert database.rows(NAMES) == [("Acme",)]
    assert store_pool.stats().size == 1


def test_a_pool_without_a_free_connection_says_so_in_the_stores_words(store_url: str) -> None:
    pool = Pool(store_url, application_name="scout_app", max_size=1)
    store = Store(pool, checkout_seconds=0.05)
    with (
        pool.connection(),
        pytest.raises(StoreUnavailableError, match="in use"),
        store.transaction(),
    ):
        pass
    pool.close()


@straight
def test_a_silent_process_loses_its_transaction_and_its_locks(
    store_pool: Pool, database: Database
) -> None:
    store = Store(store_pool, idle_seconds=0.05)

    def go_silent() -> None:
        with store.transaction() as tx:
            organizations.find_or_create(tx, "Acme")
            pid = tx.connection.info.backend_pid
            eventually(
                lambda: not database.rows("SELECT 1 FROM pg_stat_activity WHERE pid = %s", pid)
            )
            organizations.find_or_create(tx, "Bolt")

    with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
        go_silent()
    assert database.rows(NAMES) == []


class _Flaky:
    """A real pool whose connections are cut by the server at chosen moments."""

    def __init__(self, pool: Pool, database: Database) -> None:
        self._pool = pool
        self._database = database
        self.cuts: list[str] = []

    def cut(self, connection: Connection) -> None:
        self._database.rows("SELECT pg_terminate_backend(%s, 5000)", connection.info.backend_pid)

    @contextmanager
    def connection(self, *, timeout: float | None = None) -> Iterator[Connection]:
        when = self.cuts.pop(0) if self.cuts else "never"
        if when == "before":
            raise ConnectionRefusedError("the server is away")
        with self._pool.connection(timeout=timeout) as connection:
            if when == "early":
                self.cut(connection)
            yield connection


@straight
def test_insisting_outlives_a_server_that_comes_back(
    store_pool: Pool, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    flaky = _Flaky(store_pool, database)
    flaky.cuts = ["before", "early", "never"]
    with deadline.starting(0.0):
        Store(flaky).insist(lambda tx: organizations.find_or_create(tx, "Acme"))
    assert database.rows(NAMES) == [("Acme",)]
    # Two failures, one line.
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


@straight
def test_insisting_repeats_a_commit_whose_reply_was_lost(
    store_pool: Pool, database: Database
) -> None:
    flaky = _Flaky(store_pool, database)
    committed: list[bool] = []

    def write(tx: Transaction) -> None:
        organizations.find_or_create(tx, "Acme")
        if not committed:
            # As if the reply of COMMIT never came: it took effect, and the connection is dead.
            tx.connection.execute("COMMIT")
            committed.append(True)
            flaky.cut(tx.connection)

    Store(flaky).insist(write)
    assert database.rows(NAMES) == [("Acme",)]


def test_insisting_gives_up_when_its_time_is_over(store_pool: Pool, database: Database) -> None:
    flaky = _Flaky(store_pool, database)
    flaky.cuts = ["before"] * 100
    with pytest.raises(StoreUnavailableError, match="the server is away"):
        Store(flaky).insist(lambda tx: organizations.find_or_create(tx, "Acme"), seconds=0.2)
    assert 1 < 100 - len(flaky.cuts) < 6


def test_insisting_does_not_repeat_what_the_work_itself_refuses(store: Store) -> None:
    runs: list[int] = []

    def refuse(_: Transaction) -> None:
        runs.append(1)
        raise LookupError

    with pytest.raises(LookupError):
        store.insist(refuse)
    assert runs == [1]


def test_a_deadline_without_end_bounds_nothing(store: Store) -> None:
    with deadline.starting(math.inf), store.transaction() as tx:
        assert _setting(tx, "statement_timeout") == "5s"
