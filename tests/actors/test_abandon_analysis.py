from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from uuid import uuid4

from dramatiq.middleware import CurrentMessage
from fix_broker import eventually, working
from fix_deliveries import adopted

from scout_workers import messages
from scout_workers.broker import EngineOptions, PostgresBroker
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.protocol import ModelError
from scout_workers.middleware.retries import VerdictRetries
from scout_workers.store.ledger import CallInFlightError
from scout_workers.store.runs import NothingToAnalyzeError

if TYPE_CHECKING:
    from fix_deliveries import Deliveries

AFTER_THE_PAYMENT = 5


def _abandon(deliveries: Deliveries, row: int) -> BaseException | None:
    """Let the message in that row die, as the retries middleware does."""
    dead = deliveries.claim(row)
    assert dead is not None
    counts = {"retries": 5, "max_retries": 5}
    deliveries.broker.get_actor("abandon_analysis").send(dead.asdict(), counts)
    deliveries.database.rows("DELETE FROM scout_broker.message WHERE id = %s", row)
    abandoning = deliveries.database.value("SELECT max(id) FROM scout_broker.message")
    return deliveries.deliver(abandoning)


def test_an_analysis_whose_retries_are_spent_fails_with_its_last_reason(
    deliveries: Deliveries,
) -> None:
    def refuse() -> None:
        raise ModelError(ErrorClass.SERVER_ERROR, "500")

    deliveries.provider.before = refuse
    row = deliveries.send(deliveries.capture())
    deliveries.deliver(row)

    assert _abandon(deliveries, row) is None
    assert deliveries.analyses() == [("failed", "server_error", None)]
    assert deliveries.calls() == [("failed", False)]
    assert deliveries.database.rows("SELECT kind, payload->>'error_detail' FROM scout.events") == [
        ("analysis.failed", "500")
    ]


def test_an_analysis_that_never_began_fails_by_name(deliveries: Deliveries) -> None:
    row = deliveries.send(deliveries.capture())
    assert _abandon(deliveries, row) is None
    assert deliveries.analyses() == [("failed", "retries_spent", None)]


def test_the_open_call_of_a_dead_message_is_in_doubt(deliveries: Deliveries) -> None:
    row = deliveries.send(deliveries.capture())
    deliveries.deliver(row, at=AFTER_THE_PAYMENT)
    assert _abandon(deliveries, row) is None
    assert deliveries.calls() == [("in_doubt", False)]
    assert deliveries.analyses() == [("failed", "retries_spent", None)]


def test_another_messages_call_is_left_alone(deliveries: Deliveries) -> None:
    capture_id = deliveries.capture()
    dead, alive = deliveries.send(capture_id), deliveries.send(capture_id)
    deliveries.deliver(alive, at=AFTER_THE_PAYMENT)
    assert isinstance(_abandon(deliveries, dead), CallInFlightError)
    assert deliveries.calls() == [("started", False)]
    assert deliveries.analyses() == [("running", None, None)]


def test_a_paid_answer_stays_when_its_finish_is_given_up(deliveries: Deliveries) -> None:
    row = deliveries.send(deliveries.capture())
    deliveries.deliver(row, at=9)
    assert _abandon(deliveries, row) is None
    assert deliveries.calls() == [("succeeded", True)]
    assert deliveries.analyses() == [("failed", "retries_spent", None)]


def test_a_settled_analysis_is_not_touched(deliveries: Deliveries) -> None:
    capture_id = deliveries.capture()
    deliveries.deliver(deliveries.send(capture_id))
    row = deliveries.send(capture_id)
    assert _abandon(deliveries, row) is None
    assert deliveries.analyses() == [("completed", None, "A van at the gate")]
    assert deliveries.waiting() == ["broadcast_event"]


def test_a_worker_whose_retries_are_spent_leaves_a_failed_analysis_and_a_dead_message(
    deliveries: Deliveries, store_route: str
) -> None:
    tries = []
    lock = threading.Lock()

    def refuse() -> None:
        with lock:
            tries.append(1)
        raise ModelError(ErrorClass.SERVER_ERROR, "500")

    deliveries.provider.before = refuse
    retries = VerdictRetries(max_retries=2, min_backoff=1, max_backoff=1)
    broker = adopted(
        PostgresBroker(store_route, middleware=[CurrentMessage(), retries], options=EngineOptions())
    )
    try:
        messages.analyze_capture(deliveries.capture()).send()
        with working(broker):
            eventually(lambda: deliveries.analyses() == [("failed", "server_error", None)])
            eventually(lambda: deliveries.waiting() == [])
    finally:
        broker.close()
    assert len(tries) == 3
    assert [status for status, _ in deliveries.calls()] == ["failed"] * 3
    assert deliveries.database.rows("SELECT actor, reason FROM scout_broker.dead_message") == [
        ("analyze_capture", "failed")
    ]
    assert deliveries.database.value("SELECT broadcast_at IS NOT NULL FROM scout.events")


def test_a_dead_message_of_no_capture_is_an_operators_matter(deliveries: Deliveries) -> None:
    row = deliveries.send(uuid4())
    assert isinstance(_abandon(deliveries, row), NothingToAnalyzeError)
