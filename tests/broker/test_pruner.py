"""What has expired is removed, a bounded part at a time, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from fix_broker import eventually, rows, working
from psycopg import sql

from scout_workers.broker.pruner import BETWEEN_SECONDS, MOST_AT_ONCE, PRUNE_SECONDS, Pruner
from scout_workers.broker.queries import query

if TYPE_CHECKING:
    from scout_workers.broker import PostgresBroker
    from scout_workers.broker.database import Database

INSERTS = {
    "result": "INSERT INTO scout_broker.result (key, payload, expires_at) "
    "SELECT %s || n, '', now() + %s::interval FROM generate_series(1, %s) n",
    "rate_limit": "INSERT INTO scout_broker.rate_limit (key, value, expires_at) "
    "SELECT %s || n, 1, now() + %s::interval FROM generate_series(1, %s) n",
    "barrier_party": "INSERT INTO scout_broker.barrier_party (key, party, expires_at) "
    "SELECT %s || n, 'me', now() + %s::interval FROM generate_series(1, %s) n",
}


@pytest.fixture
def database(broker: PostgresBroker) -> Database:
    """The broker's statements."""
    return broker.outbox.database


def left(url: str, table: str) -> list[str]:
    found = rows(url, f"SELECT rtrim(key, '0123456789') FROM scout_broker.{table} ORDER BY 1")  # noqa: S608 (a constant)
    return [row[0] for row in found]


def test_the_expired_go_and_the_living_stay(database: Database, broker_database: str) -> None:
    for table, long_ago in (
        ("result", "-1 second"),
        ("rate_limit", "-21 minutes"),
        ("barrier_party", "-25 hours"),
    ):
        rows(broker_database, INSERTS[table], "old", long_ago, 3)
        rows(broker_database, INSERTS[table], "young", "1 second", 2)
    assert 0.8 * PRUNE_SECONDS <= Pruner(database).run_once() <= PRUNE_SECONDS
    for table in INSERTS:
        assert left(broker_database, table) == ["young", "young"]


def test_a_counter_is_left_alone_for_longer_than_a_statement_may_take(
    database: Database, broker_database: str
) -> None:
    rows(broker_database, INSERTS["rate_limit"], "just", "-50 seconds", 3)
    Pruner(database).run_once()
    assert len(left(broker_database, "rate_limit")) == 3


def test_a_full_batch_is_followed_by_the_next_at_once(
    database: Database, broker_database: str
) -> None:
    rows(broker_database, INSERTS["result"], "old", "-1 second", MOST_AT_ONCE + 5)
    pruner = Pruner(database)
    assert pruner.run_once() == BETWEEN_SECONDS
    assert len(left(broker_database, "result")) == 5
    assert pruner.run_once() > BETWEEN_SECONDS
    assert left(broker_database, "result") == []


def test_what_another_process_is_pruning_is_passed_over(
    database: Database, broker_database: str
) -> None:
    rows(broker_database, INSERTS["result"], "old", "-1 second", 10)
    with psycopg.connect(broker_database) as other:
        other.execute("SELECT key FROM scout_broker.result ORDER BY key LIMIT 4 FOR UPDATE")
        Pruner(database).run_once()
        assert len(left(broker_database, "result")) == 4


DEAD = (
    "INSERT INTO scout_broker.dead_message (id, message_id, queue, actor, priority, attempt, "
    "enqueued_at, died_at, reason, payload) SELECT n, n, 'default', 'noop', 0, 1, now(), "
    "now() - n * interval '1 day', 'failed', '' FROM generate_series(1, %s) n"
)
DEAD_LEFT = "SELECT count(*) FROM scout_broker.dead_message"


@pytest.mark.parametrize(("keep_dead", "left_over"), [(10 * 86_400.0, 9), (None, 40)])
def test_dead_messages_are_kept_for_as_long_as_was_said(
    database: Database, broker_database: str, keep_dead: float | None, left_over: int
) -> None:
    rows(broker_database, DEAD, 40)
    Pruner(database, keep_dead=keep_dead).run_once()
    assert rows(broker_database, DEAD_LEFT) == [(left_over,)]


def test_old_dead_messages_are_found_by_their_index_and_removed_in_batches(
    database: Database, broker_database: str
) -> None:
    rows(broker_database, DEAD, 20_000)
    rows(broker_database, "ANALYZE scout_broker.dead_message")
    statement = sql.SQL("EXPLAIN (FORMAT JSON) ") + query("prune_dead", "scout_broker")
    with psycopg.connect(broker_database) as connection:
        found = connection.execute(statement, {"most": 1000, "kept_seconds": 19_000 * 86_400})
        assert "dead_message_by_time" in str(found.fetchone())
    pruner = Pruner(database, keep_dead=18_500 * 86_400)
    assert pruner.run_once() == BETWEEN_SECONDS
    assert rows(broker_database, DEAD_LEFT) == [(19_000,)]
    assert pruner.run_once() > BETWEEN_SECONDS
    assert rows(broker_database, DEAD_LEFT) == [(18_499,)]


def test_a_worker_prunes(broker: PostgresBroker, broker_database: str) -> None:
    rows(broker_database, INSERTS["result"], "old", "-1 second", 10)
    with working(broker):
        eventually(lambda: left(broker_database, "result") == [])


@pytest.mark.parametrize(
    ("name", "table", "index"),
    [
        ("prune_results", "result", "result_expiry"),
        ("prune_limits", "rate_limit", "rate_limit_expiry"),
        ("prune_parties", "barrier_party", "barrier_party_expiry"),
    ],
)
def test_pruning_looks_at_what_has_expired_and_not_at_the_rest(
    broker_database: str, name: str, table: str, index: str
) -> None:
    rows(broker_database, INSERTS[table], "young", "1 day", 50_000)
    rows(broker_database, INSERTS[table], "old", "-3 days", 100)
    rows(broker_database, f"ANALYZE scout_broker.{table}")
    statement = sql.SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ") + query(name, "scout_broker")
    with psycopg.connect(broker_database) as connection:
        found = connection.execute(statement, {"most": 1000}).fetchone()
        assert found is not None
        plan = found[0][0]["Plan"]
    text = str(plan)
    assert index in text
    assert "Seq Scan" not in text
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 2000
