"""What dead rows cost, among a million, that vacuum may not remove yet or has not removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import psycopg
import pytest
from fix_broker import eventually
from fix_million import STATISTICS, WORKER, Plans, claim, come_due, explain, explained, lease
from fix_postgres import database_from
from psycopg import sql

from scout_workers.broker.hints import LOWEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_postgres import MakeDatabase

# As for the other plans: a minute on a slow machine.
pytestmark = [pytest.mark.heavy, pytest.mark.timeout(900)]

OTHER_WORKER = UUID("99999999-0000-4000-8000-000000000000")
WORKED_OFF = 200_000

everything_known = pytest.mark.parametrize("known", STATISTICS)


class Held(NamedTuple):
    """A database on which an old snapshot is held.

    Attributes:
        plans: The database.
        low: Where the large queue begins now: what the claimer knows from its last claims.
    """

    plans: Plans
    low: int


@pytest.fixture(scope="module")
def held(postgres_url: str, million_template: str) -> Iterator[Held]:
    """Two workers have claimed and acknowledged 200,000 messages under an old snapshot."""
    with (
        database_from(postgres_url, million_template) as url,
        psycopg.connect(url) as old,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        old.execute("SELECT 1")
        connection.execute(
            "INSERT INTO scout_broker.worker SELECT (jsonb_populate_record(w, %s)).* "
            "FROM scout_broker.worker w",
            [f'{{"id": "{OTHER_WORKER}"}}'],
        )
        connection.execute(
            """
            UPDATE scout_broker.message
            SET state = 'leased', attempt = 1, leased_at = now(),
                lease_owner = CASE WHEN id %% 2 = 0 THEN %(one)s ELSE %(two)s END::uuid
            WHERE id = ANY (ARRAY(
                SELECT id FROM scout_broker.message
                WHERE state = 'ready' AND queue = 'large' AND priority = 0
                ORDER BY queue, priority, seq LIMIT %(count)s))
            """,
            {"one": WORKER, "two": OTHER_WORKER, "count": WORKED_OFF},
        )
        connection.execute("DELETE FROM scout_broker.message WHERE state = 'leased'")
        low = connection.execute(
            "SELECT seq FROM scout_broker.message"
            " WHERE state = 'ready' AND queue = 'large' AND priority = 0"
            " ORDER BY queue, priority, seq LIMIT 1"
        ).fetchone()
        assert low is not None
        yield Held(Plans(url), low[0])


@everything_known
def test_under_an_old_snapshot_a_claim_begins_where_the_queue_is(held: Held, known: str) -> None:
    with held.plans.knowing(known) as connection:
        found = claim(connection, 10, low=held.low)
    with held.plans.knowing(known) as connection:
        without = claim(connection, 10)
    assert found.rows == without.rows == 10
    assert found.buffers <= 300
    assert without.buffers > 3000


@everything_known
def test_under_an_old_snapshot_an_ack_costs_what_it_always_costs(
    held: Held, known: str, postgres_version: int
) -> None:
    with held.plans.knowing(known) as connection:
        done = explain(connection, "settle_acks", **lease(connection, 500, low=held.low))
    assert done.rows == 500
    assert done.by_key
    assert done.buffers <= (5 if postgres_version >= 17 else 8) * 500


@everything_known
def test_under_an_old_snapshot_an_ack_on_a_callers_transaction_goes_by_key(
    held: Held, known: str
) -> None:
    with held.plans.knowing(known) as connection:
        mine = lease(connection, 1, low=held.low)
        (id_,), (attempt,) = mine["ids"], mine["attempts"]
        done = explain(connection, "ack_in", id=id_, attempt=attempt, owner=WORKER)
    assert done.buffers <= 60


@everything_known
def test_under_an_old_snapshot_a_sweep_reads_nothing_of_what_the_living_held(
    held: Held, known: str
) -> None:
    with held.plans.knowing(known) as connection:
        lease(connection, 500, low=held.low)
        owners = explain(connection, "orphaned_owners")
        by_join = explained(connection, sql.SQL(OWNERS_BY_JOIN))
    assert owners.rows == by_join.rows == 0
    assert owners.buffers <= 20
    assert by_join.buffers > 3000


OWNERS_BY_JOIN = """
SELECT DISTINCT m.lease_owner FROM scout_broker.message m
WHERE m.state = 'leased'
  AND NOT EXISTS (SELECT FROM scout_broker.worker w WHERE w.id = m.lease_owner)
"""


@everything_known
def test_under_an_old_snapshot_a_heartbeat_reads_no_leases(held: Held, known: str) -> None:
    with held.plans.knowing(known) as connection:
        beat = explain(
            connection,
            "beat",
            id=WORKER,
            queues=["large"],
            threads=1,
            draining=False,
            dead_after=30,
            boot_id="",
            pid_space="",
        )
    assert beat.by_key
    assert beat.buffers <= 20


def test_a_million_dead_rows_are_walked_over_once_and_with_a_bound_not_at_all(
    make_database: MakeDatabase, million_template: str
) -> None:
    """A look marks the entries it finds dead, the next passes over their pages."""
    url = make_database(million_template)
    with psycopg.connect(url, autocommit=True) as connection:
        # A row is not known to be dead before the commit that deleted it is on disk.
        connection.execute("SET synchronous_commit = on")
        connection.execute("DELETE FROM scout_broker.message WHERE state = 'ready'")
        (low,) = connection.execute(
            "INSERT INTO scout_broker.message (message_id, queue, actor, payload)"
            " SELECT n, 'large', 'noop', '' FROM generate_series(1, 1000) n RETURNING seq"
        ).fetchone() or (0,)

        def look(low: int) -> int:
            with connection.transaction(force_rollback=True):
                found = claim(connection, 10, low=low)
            assert found.rows == 10
            return found.buffers

        assert look(low) <= 300
        first = look(LOWEST)
        assert first > 10_000
        # Postgres is slow to see how far back snapshots go, if there are any in other databases.
        eventually(lambda: look(LOWEST) < first / 3)
        assert look(low) <= 300


def test_a_thousand_of_a_hundred_thousand_that_are_due_are_promoted_at_a_time(
    make_database: MakeDatabase, million_template: str
) -> None:
    plans = Plans(make_database(million_template))
    with plans.knowing("none") as connection:
        come_due(connection, 100_000)
        for times, known in enumerate(STATISTICS, start=1):
            connection.execute("CALL know(%s)", [known])
            promoted = explain(connection, "promote")
            left = connection.execute(
                "SELECT count(*) FROM scout_broker.message"
                " WHERE state = 'scheduled' AND available_at <= now()"
            ).fetchone()
            assert left == (100_000 - 1000 * times,)
            assert promoted.buffers <= 25 * 1000
            assert "Seq Scan" not in promoted.scans
