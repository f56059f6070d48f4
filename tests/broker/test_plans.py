"""Every statement of the work reads what it needs of a million rows, whatever the planner was told.

The bounds are buffers a row: the height of an index is three or four pages, and a row that is
written anew goes into the primary key and one more index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from fix_million import STATISTICS, WORKER, claim, come_due, explain, lease

if TYPE_CHECKING:
    from fix_million import Plans

# Building and copying millions of rows takes a minute on a slow machine.
pytestmark = [pytest.mark.heavy, pytest.mark.timeout(900)]

MANY = 500
QUEUES = [f"queue{n}" for n in range(8)]

everything_known = pytest.mark.parametrize("known", STATISTICS)


@everything_known
def test_a_claim_of_ten_reads_at_most_three_hundred_buffers(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        found = claim(connection, 10)
    assert found.rows == 10
    assert found.buffers <= 300
    assert "Seq Scan" not in found.scans


@everything_known
def test_a_look_at_all_priorities_reads_no_more(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        found = claim(connection, 10, priority=None)
    assert found.rows == 10
    assert found.buffers <= 300


@everything_known
def test_a_claim_of_many_reads_eighteen_buffers_a_row(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        found = claim(connection, MANY)
    assert found.rows == MANY
    assert found.buffers <= 18 * MANY


@everything_known
def test_a_queue_of_five_is_found_beside_one_of_a_million(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        found = claim(connection, 10, "small")
        nothing = claim(connection, 10, "there is no such queue")
    assert found.rows == 5
    assert found.buffers <= 150
    assert nothing.buffers <= 20


@everything_known
def test_a_claim_of_many_queues_and_priorities_is_as_many_walks(million: Plans, known: str) -> None:
    both = [0, 10]
    with million.knowing(known) as connection:
        found = claim(
            connection,
            10,
            [queue for queue in [*QUEUES, "large", "small"] for _ in both],
            priority=both * 10,
        )
        everywhere = claim(connection, 10, [*QUEUES, "large", "small"], priority=None)
    assert found.rows == 10 * 9 + 5
    assert found.buffers <= 25 * found.rows
    assert everywhere.rows == 10 * 9
    assert everywhere.buffers <= 25 * everywhere.rows


@everything_known
def test_a_claim_under_a_limit_of_the_fleet_counts_the_leases_and_no_more(
    million: Plans, known: str
) -> None:
    with million.knowing(known) as connection:
        connection.execute(
            "INSERT INTO scout_broker.queue_control (queue, global_limit) VALUES ('large', 110)"
        )
        lease(connection, 100)
        found = explain(connection, "claim_limited", owner=WORKER, queue="large", slots=50)
    assert found.rows == 10
    assert found.buffers <= 600


@everything_known
def test_an_ack_goes_by_key_and_reads_the_height_of_the_index(
    million: Plans, known: str, postgres_version: int
) -> None:
    with million.knowing(known) as connection:
        done = explain(connection, "settle_acks", **lease(connection, MANY))
    assert done.rows == MANY
    assert done.by_key
    assert done.compared == 0
    # Two versions of the row, the ready one's entry being there still. Up to version 16 each key
    # of an array is a descent of its own.
    assert done.buffers <= (5 if postgres_version >= 17 else 8) * MANY


@everything_known
def test_an_ack_on_a_callers_transaction_goes_by_key(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        mine = lease(connection, 1)
        (id_,), (attempt,) = mine["ids"], mine["attempts"]
        done = explain(connection, "ack_in", id=id_, attempt=attempt, owner=WORKER)
        left = connection.execute(
            "SELECT count(*) FROM scout_broker.message WHERE id = %s", [id_]
        ).fetchone()
    assert left == (0,)
    assert done.buffers <= 60  # with what it takes to plan a function's statement


@everything_known
@pytest.mark.parametrize("delay_ms", [0, 1000])
def test_a_retry_goes_by_key(million: Plans, known: str, delay_ms: int) -> None:
    with million.knowing(known) as connection:
        done = explain(
            connection,
            "settle_retries",
            **lease(connection, MANY),
            queues=["large"] * MANY,
            priorities=[0] * MANY,
            delays_ms=[delay_ms] * MANY,
            payloads=[b"again"] * MANY,
        )
    assert done.rows == MANY
    assert done.by_key
    assert done.buffers <= 20 * MANY


@everything_known
def test_a_death_goes_by_key(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        done = explain(
            connection,
            "settle_deaths",
            **lease(connection, MANY),
            reasons=["failed"] * MANY,
            errors=["no"] * MANY,
        )
    assert done.rows == MANY
    assert done.by_key
    assert done.buffers <= 15 * MANY


@everything_known
def test_a_release_goes_by_key(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        done = explain(connection, "release", **lease(connection, MANY))
    assert done.rows == MANY
    assert done.by_key
    assert done.compared == 0
    assert done.buffers <= 20 * MANY


@everything_known
@pytest.mark.parametrize("max_deliveries", [1, 3])
def test_a_surrender_goes_by_key(million: Plans, known: str, max_deliveries: int) -> None:
    with million.knowing(known) as connection:
        done = explain(
            connection, "surrender", **lease(connection, MANY), max_deliveries=max_deliveries
        )
    assert done.rows == MANY
    assert done.by_key
    assert done.buffers <= 28 * MANY


@everything_known
def test_a_sweep_that_finds_nothing_reads_next_to_nothing(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        lease(connection, MANY)  # by a worker that is there
        owners = explain(connection, "orphaned_owners")
        rescue = explain(connection, "rescue", owners=[uuid4()], max_deliveries=3)
        overdue = explain(connection, "bury_overdue", dead_after=30)
    assert owners.rows == overdue.rows == 0
    assert owners.buffers <= 20
    assert rescue.buffers <= 20
    assert overdue.buffers <= 5


@everything_known
@pytest.mark.parametrize("max_deliveries", [1, 3])
def test_a_rescue_walks_over_the_leases_of_the_dead(
    million: Plans, known: str, max_deliveries: int
) -> None:
    gone = uuid4()
    with million.knowing(known) as connection:
        lease(connection, MANY, gone)
        lease(connection, MANY)
        owners = explain(connection, "orphaned_owners")
        rescue = explain(
            connection, "rescue", owners=[gone, uuid4()], max_deliveries=max_deliveries
        )
    assert owners.rows == 1
    assert owners.buffers <= 2 * MANY
    assert "Seq Scan" not in rescue.scans
    assert rescue.buffers <= 28 * MANY


@everything_known
def test_claims_whose_reply_was_lost_are_found_among_the_leases(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        mine = lease(connection, MANY)
        lost = explain(connection, "disown", owner=WORKER, known=mine["ids"][10:])
    assert "Seq Scan" not in lost.scans
    assert lost.buffers <= 4 * MANY


@everything_known
def test_a_heartbeat_looks_the_aborted_up_by_key(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        mine = lease(connection, 10)
        connection.execute(
            "INSERT INTO scout_broker.abort_request (message) SELECT unnest(%s::bigint[])",
            [mine["ids"]],
        )
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
        astray = explain(connection, "abort_astray")
    assert beat.by_key
    assert beat.buffers <= 150
    assert astray.by_key
    assert astray.buffers <= 150


@everything_known
def test_ten_that_are_due_are_promoted_out_of_a_million(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        nothing = explain(connection, "promote")
        come_due(connection, 10)
        promoted = explain(connection, "promote")
        left = connection.execute(DUE).fetchone()
    assert left == (0,)
    assert nothing.buffers <= 300
    assert promoted.buffers <= 300 + 30 * 10
    assert "Seq Scan" not in promoted.scans


DUE = """
SELECT count(*) FROM scout_broker.message WHERE state = 'scheduled' AND available_at <= now()
"""


@everything_known
def test_whether_a_queue_is_empty_is_seen_at_its_first_message(million: Plans, known: str) -> None:
    with million.knowing(known) as connection:
        found = explain(connection, "waiting", queue="small")
    assert found.buffers <= 10


def test_what_queues_hold_is_counted_in_one_reading(million: Plans) -> None:
    with million.knowing("true") as connection:
        pages = connection.execute(
            "SELECT (pg_table_size('scout_broker.message')"
            " + pg_table_size('scout_broker.dead_message')) / 8192"
        ).fetchone()
        found = explain(connection, "queue_stats")
    assert pages is not None
    assert found.buffers <= pages[0] + 100
