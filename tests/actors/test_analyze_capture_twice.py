"""Several messages for one capture at once: an import sent twice, a replayed queue."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from fix_broker import PATIENCE
from psycopg import sql

from scout_workers.store import analyses, captures, ledger, runs
from scout_workers.store.ledger import CallInFlightError

if TYPE_CHECKING:
    from fix_deliveries import Deliveries

    from scout_workers.broker import ClaimedMessage


def _claimed(deliveries: Deliveries, row: int) -> ClaimedMessage:
    message = deliveries.claim(row)
    assert message is not None
    return message


def _held(deliveries: Deliveries) -> tuple[threading.Event, threading.Event]:
    """Have the first payment wait: one event tells that it does, the other lets it go on."""
    paying, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        deliveries.provider.before = lambda: None
        paying.set()
        assert go_on.wait(PATIENCE)

    deliveries.provider.before = hold
    return paying, go_on


def test_a_second_message_waits_for_the_first_ones_call_and_pays_nothing(
    deliveries: Deliveries,
) -> None:
    capture_id = deliveries.capture()
    first = _claimed(deliveries, deliveries.send(capture_id))
    second = deliveries.send(capture_id)
    paying, go_on = _held(deliveries)
    with ThreadPoolExecutor(1, "first") as pool:
        future = pool.submit(deliveries.process, first)
        assert paying.wait(PATIENCE)
        error = deliveries.deliver(second)
        go_on.set()
        future.result(PATIENCE)

    assert isinstance(error, CallInFlightError)
    assert error.retry_after is not None
    assert 0 < error.retry_after <= 10
    assert deliveries.deliver(second) is None
    assert deliveries.analyses() == [("completed", None, "A van at the gate")]
    assert deliveries.calls() == [("succeeded", True)]
    assert len(deliveries.provider.paid) == 1


def test_a_call_of_another_message_is_in_doubt_once_it_has_expired(
    deliveries: Deliveries,
) -> None:
    capture_id = deliveries.capture()
    first = _claimed(deliveries, deliveries.send(capture_id))
    second = deliveries.send(capture_id)
    paying, go_on = _held(deliveries)
    with ThreadPoolExecutor(1, "first") as pool:
        future = pool.submit(deliveries.process, first)
        assert paying.wait(PATIENCE)
        deliveries.database.rows(
            "UPDATE scout.llm_calls SET started_at = now() - interval '1 hour', expires_at = now()"
        )
        assert deliveries.deliver(second) is None
        go_on.set()
        future.result(PATIENCE)

    assert deliveries.analyses() == [("completed", None, "A van at the gate")]
    assert deliveries.calls() == [("in_doubt", True), ("succeeded", True)]
    details = deliveries.database.rows("SELECT error_detail FROM scout.llm_calls")
    assert ("no receipt came before it expired",) in details


def _all_at_once(deliveries: Deliveries, count: int) -> list[Exception]:
    """Process that many messages of one capture at once, again and again until none is left."""
    capture_id = deliveries.capture()
    rows = [deliveries.send(capture_id) for _ in range(count)]
    start = threading.Barrier(count)
    unexpected: list[Exception] = []

    def work(row: int) -> None:
        start.wait(PATIENCE)
        while (message := deliveries.claim(row)) is not None:
            try:
                deliveries.process(message)
            except CallInFlightError:
                continue  # the middleware would wait; here the others are given the processor
            except Exception as error:  # noqa: BLE001 - the test looks at it
                unexpected.append(error)

    lock = threading.Lock()
    claim = deliveries.claim

    def claim_alone(row: int) -> Any:  # noqa: ANN401 - as the method it stands for
        with lock:  # the test's own connection
            return claim(row)

    deliveries.claim = claim_alone  # type: ignore[method-assign] # the harness, not our code
    with ThreadPoolExecutor(count, "duplicate") as pool:
        for future in [pool.submit(work, row) for row in rows]:
            future.result(PATIENCE)
    return unexpected


def test_eight_messages_for_one_capture_at_once_are_one_payment_and_one_result(
    deliveries: Deliveries,
) -> None:
    assert _all_at_once(deliveries, 8) == []
    assert deliveries.analyses() == [("completed", None, "A van at the gate")]
    assert deliveries.calls() == [("succeeded", True)]
    assert len(deliveries.provider.paid) == 1
    assert deliveries.database.value("SELECT count(*) FROM scout.observations") == 2
    assert deliveries.waiting() == ["broadcast_event"]


NOT_TAKEN = "SELECT WHERE %(id)s::uuid IS NULL AND %(lease_token)s::text IS NULL"


def _meet(deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two beginners both look for a call before either starts one."""
    both_looked = threading.Barrier(2)
    start = ledger.start

    def together(*arguments: Any) -> ledger.Call:
        try:
            both_looked.wait(1.0)
        except threading.BrokenBarrierError:
            deliveries.faults.reach("they did not meet")
        return start(*arguments)

    monkeypatch.setattr(ledger, "start", together)


@pytest.mark.parametrize(
    ("lock", "index", "paid"),
    [(True, True, 1), (True, False, 1), (False, True, 1), (False, False, 2)],
    ids=["both guards", "the lock alone", "the index alone", "no guard"],
)
def test_either_guard_refuses_a_second_payment_and_without_both_it_shows(
    deliveries: Deliveries,
    monkeypatch: pytest.MonkeyPatch,
    *,
    lock: bool,
    index: bool,
    paid: int,
) -> None:
    capture_id = deliveries.capture()
    first, second = deliveries.send(capture_id), deliveries.send(capture_id)
    # The analysis is there already: two who create it would meet in another unique index.
    with deliveries.yard.store.transaction() as tx:
        runs.create(tx, runs.lock_capture(tx, capture_id))
    if not lock:
        text = captures._LOCK.as_string()
        monkeypatch.setattr(captures, "_LOCK", sql.SQL(text.replace("FOR NO KEY UPDATE", "")))
        # Taking the analysis comes before its call, and is a lock too.
        monkeypatch.setattr(analyses, "_TAKE", sql.SQL(NOT_TAKEN))
    if not index:
        deliveries.database.rows("DROP INDEX scout.llm_calls_one_open_or_paid")
    _meet(deliveries, monkeypatch)
    answered = threading.Barrier(2)

    def hold() -> None:
        try:
            answered.wait(1.0)
        except threading.BrokenBarrierError:
            deliveries.faults.reach("nobody else is paying")

    deliveries.provider.before = hold
    messages = [_claimed(deliveries, first), _claimed(deliveries, second)]

    def process(message: ClaimedMessage) -> None:
        try:
            deliveries.process(message)
        except CallInFlightError:
            deliveries.faults.reach("in flight")

    with ThreadPoolExecutor(2, "beginner") as pool:
        for future in [pool.submit(process, message) for message in messages]:
            future.result(PATIENCE)

    assert len(deliveries.provider.paid) == paid
    assert [status for status, _ in deliveries.calls()].count("in_doubt") == 0
