"""The notes of enqueues go once nobody can repeat them, whatever the clocks of their makers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from fix_broker import rows
from psycopg import sql

from scout_workers.broker.notes import OUTCOME_SECONDS, note_key
from scout_workers.broker.pruner import Pruner
from scout_workers.broker.queries import query

if TYPE_CHECKING:
    from scout_workers.broker import PostgresBroker

# Keys as their makers' clocks made them, times as the server's did.
NOTES = (
    "INSERT INTO scout_broker.enqueued (key, at) SELECT (lpad(to_hex((extract(epoch FROM now() + "
    "%s::interval) * 1000)::bigint), 12, '0') || '7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid, "
    "now() + %s::interval FROM generate_series(1, %s) n"
)


def test_old_notes_go_and_those_that_may_be_asked_for_stay(
    broker: PostgresBroker, broker_database: str
) -> None:
    rows(broker_database, NOTES, "-6 minutes", "-6 minutes", 3)
    rows(broker_database, NOTES, "-1 minute", "-1 minute", 2)
    Pruner(broker.outbox.database).run_once()
    assert rows(broker_database, "SELECT count(*) FROM scout_broker.enqueued") == [(2,)]


def test_a_makers_wrong_clock_removes_no_note_early(
    broker: PostgresBroker, broker_database: str
) -> None:
    rows(broker_database, NOTES, "-1 hour", "-1 minute", 3)
    rows(broker_database, NOTES, "1 hour", "-1 minute", 2)
    Pruner(broker.outbox.database).run_once()
    assert rows(broker_database, "SELECT count(*) FROM scout_broker.enqueued") == [(5,)]


def test_the_note_of_an_outcome_stays_for_an_hour(
    broker: PostgresBroker, broker_database: str
) -> None:
    note = "INSERT INTO scout_broker.enqueued (key, at) VALUES (%s, now() - interval '50 minutes')"
    outcome, enqueue = note_key(ahead=OUTCOME_SECONDS - 3000), note_key(ahead=-3000)
    for key in (outcome, enqueue):
        rows(broker_database, note, key)
    Pruner(broker.outbox.database).run_once()
    assert rows(broker_database, "SELECT key FROM scout_broker.enqueued") == [(outcome,)]


def test_old_notes_are_found_by_their_key(broker_database: str) -> None:
    rows(broker_database, NOTES, "-1 second", "-1 second", 50_000)
    rows(broker_database, NOTES, "-7 minutes", "-7 minutes", 100)
    rows(broker_database, "ANALYZE scout_broker.enqueued")
    prune = query("prune_enqueued", "scout_broker")
    statement = sql.SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ") + prune
    with psycopg.connect(broker_database) as connection:
        found = connection.execute(statement, {"most": 1000}).fetchone()
    assert found is not None
    plan = found[0][0]["Plan"]
    assert "enqueued_pkey" in str(plan)
    assert "Seq Scan" not in str(plan)
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 1500
