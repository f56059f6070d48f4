"""The actor is killed, or cut off from its database, between any two of its steps."""

from __future__ import annotations

from itertools import count, product
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from fix_deliveries import KilledError
from fix_store import straight
from psycopg import sql

from scout_workers.domain import leases
from scout_workers.store import ledger

if TYPE_CHECKING:
    from uuid import UUID

    from fix_deliveries import Deliveries

TRANSACTION = ["before the transaction", "before its commit", "after its commit"]
STEPS = [
    *TRANSACTION,  # begin
    "before the image is read",
    "before the payment",
    "after the payment",
    *TRANSACTION,  # receipt
    *TRANSACTION,  # finish
]
AFTER_THE_PAYMENT = 5
RECEIPT_COMMITTED = 8

LEFT_BEHIND = """
SELECT (SELECT array_agg(a.state) FROM scout.analyses a WHERE a.capture_id = c.id),
       (SELECT array_agg(o.ordinal ORDER BY o.ordinal) FROM scout.observations o
        JOIN scout.analyses a ON a.id = o.analysis_id WHERE a.capture_id = c.id),
       (SELECT count(*) FROM scout.events e
        JOIN scout.analyses a ON a.id = e.subject_id WHERE a.capture_id = c.id),
       (SELECT count(*) FROM scout_broker.message m JOIN scout.events e
          ON position(e.id::text IN convert_from(m.payload, 'UTF8')) > 0
        JOIN scout.analyses a ON a.id = e.subject_id WHERE a.capture_id = c.id),
       c.state
FROM scout.captures c WHERE c.id = %s
"""


def _violations(deliveries: Deliveries, capture_id: UUID, paid: int) -> list[str]:
    """What is wrong with a capture after its deliveries; `paid` is what was paid for it."""
    found = []
    (left,) = deliveries.database.rows(LEFT_BEHIND, capture_id)
    calls: dict[str, int] = dict(
        deliveries.database.rows(
            "SELECT l.status, count(*) FROM scout.llm_calls l JOIN scout.analyses a "
            "ON a.id = l.subject_id WHERE a.capture_id = %s GROUP BY 1",
            capture_id,
        )
    )
    if left != (["completed"], [0, 1], 1, 1, "readable"):
        found.append(f"left behind: {left}")
    if calls.get("succeeded") != 1 or calls.get("started"):
        found.append(f"calls: {calls}")
    if not 1 <= paid <= 1 + calls.get("in_doubt", 0):
        found.append(f"paid {paid} times, and the ledger says {calls}")
    return found


def _run(deliveries: Deliveries, *strikes: dict[str, Any]) -> tuple[list[str], int]:
    """Deliver a new capture with these strikes, then once cleanly, then replay its message."""
    capture_id = deliveries.capture(next(deliveries_so_far))
    before = len(deliveries.provider.paid)
    row = deliveries.send(capture_id)
    for strike in strikes:
        deliveries.deliver(row, **strike)
    assert deliveries.deliver(row) is None
    replay = deliveries.send(capture_id)
    assert deliveries.deliver(replay) is None
    paid = len(deliveries.provider.paid) - before
    return [f"{strikes}: {v}" for v in _violations(deliveries, capture_id, paid)], paid


deliveries_so_far = count(1)


def test_the_points_are_all_there_are(deliveries: Deliveries) -> None:
    deliveries.deliver(deliveries.send(deliveries.capture()))
    assert deliveries.faults.trail == STEPS


@pytest.mark.heavy
@straight
def test_killed_anywhere_twice_a_capture_has_one_result_and_every_payment_its_name(
    deliveries: Deliveries,
) -> None:
    violations = []
    for first, second in product(range(len(STEPS)), repeat=2):
        violations += _run(deliveries, {"at": first}, {"at": second})[0]
    assert violations == []


def test_killed_once_it_is_paid_twice_only_between_the_payment_and_its_receipt(
    deliveries: Deliveries,
) -> None:
    paid = [_run(deliveries, {"at": point})[1] for point in range(len(STEPS))]
    expected = [
        2 if AFTER_THE_PAYMENT <= point < RECEIPT_COMMITTED else 1 for point in range(len(STEPS))
    ]
    assert paid == expected


def test_with_the_database_cut_off_anywhere_nothing_is_paid_twice(
    deliveries: Deliveries,
) -> None:
    violations, paid = [], []
    for point in range(len(STEPS)):
        if STEPS[point].endswith("payment"):
            continue  # a provider has no database to lose
        strike = {"at": point, "raising": psycopg.OperationalError("the connection is lost")}
        found, times = _run(deliveries, strike)
        violations += found
        paid.append(times)
    assert violations == []
    assert set(paid) == {1}


def test_after_a_finish_that_failed_only_the_finish_runs_again(deliveries: Deliveries) -> None:
    row = deliveries.send(deliveries.capture())
    error = deliveries.deliver(row, at=10, raising=psycopg.errors.DiskFull("no space left"))
    assert isinstance(error, psycopg.errors.DiskFull)
    assert deliveries.analyses() == [("running", None, None)]

    assert deliveries.deliver(row) is None

    assert deliveries.faults.trail == [*TRANSACTION, *TRANSACTION]
    assert deliveries.analyses() == [("completed", None, "A van at the gate")]
    assert deliveries.calls() == [("succeeded", True)]


def test_a_receipt_is_repeated_while_the_database_is_away(deliveries: Deliveries) -> None:
    row = deliveries.send(deliveries.capture())
    error = deliveries.deliver(row, at=6, raising=psycopg.OperationalError("gone away"))
    assert error is None
    assert deliveries.calls() == [("succeeded", True)]
    assert len(deliveries.provider.paid) == 1


def test_control_without_the_ledger_a_killed_finish_is_paid_again_and_nobody_knows(
    deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The check-first version: a result is looked for, and a stored answer is not.
    monkeypatch.setattr(
        ledger,
        "_FIND",
        sql.SQL("SELECT 1 WHERE %(request_key)s = 'never'"),
    )
    deliveries.database.rows("DROP INDEX scout.llm_calls_one_open_or_paid")
    row = deliveries.send(deliveries.capture())
    assert isinstance(deliveries.deliver(row, at=RECEIPT_COMMITTED), KilledError)
    assert deliveries.deliver(row) is None
    assert len(deliveries.provider.paid) == 2
    assert deliveries.calls() == [("succeeded", True), ("succeeded", True)]


def test_control_if_redeliveries_never_superseded_a_crash_would_block_the_capture(
    deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "supersedes", lambda _newer, _older: False)
    row = deliveries.send(deliveries.capture())
    deliveries.deliver(row, at=AFTER_THE_PAYMENT)
    error = deliveries.deliver(row)
    assert isinstance(error, ledger.CallInFlightError)
    assert len(deliveries.provider.paid) == 1
