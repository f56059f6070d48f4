"""A worker that was stopped for longer than its lease wakes up and goes on where it was."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
from fix_broker import PATIENCE, eventually
from fix_deliveries import ANSWER
from psycopg import sql

from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.protocol import ModelError
from scout_workers.store import analyses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fix_deliveries import Deliveries

    from scout_workers.broker import ClaimedMessage


class Sleeper:
    """One delivery on a thread of its own that stops at a point until it is woken."""

    def __init__(self, deliveries: Deliveries, message: ClaimedMessage, at: int) -> None:
        self._deliveries = deliveries
        self._message = message
        self.asleep = threading.Event()
        self._wake = threading.Event()
        self.error: Exception | None = None
        deliveries.faults.restart()
        deliveries.faults.actions[at] = self._sleep
        self._thread = threading.Thread(target=self._run, name="sleeper")
        self._thread.start()
        assert self.asleep.wait(PATIENCE)

    def _sleep(self) -> None:
        self.asleep.set()
        assert self._wake.wait(PATIENCE)

    def _run(self) -> None:
        try:
            self._deliveries.process(self._message)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.error = error

    def go(self) -> None:
        """Let it go on."""
        self._wake.set()

    def wake(self) -> None:
        """Let it go on, and wait for its end."""
        self.go()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@pytest.fixture
def stop() -> Iterator[Callable[[Deliveries, int, int], Sleeper]]:
    """Claim a row and stop its worker at a point."""
    sleepers: list[Sleeper] = []

    def start(deliveries: Deliveries, row: int, at: int) -> Sleeper:
        message = deliveries.claim(row)
        assert message is not None
        sleepers.append(Sleeper(deliveries, message, at))
        return sleepers[-1]

    yield start
    for sleeper in sleepers:
        sleeper.wake()


BEFORE_THE_PAYMENT, AFTER_THE_PAYMENT, BEFORE_THE_FINISH = 4, 5, 9


def _other_answer(headline: str) -> str:
    return json.dumps({**json.loads(ANSWER), "headline": headline})


def _shown(deliveries: Deliveries) -> tuple[object, ...]:
    return (
        deliveries.analyses(),
        deliveries.database.rows("SELECT ordinal, body FROM scout.observations ORDER BY ordinal"),
        deliveries.database.rows("SELECT kind, payload->>'headline' FROM scout.events"),
    )


@pytest.mark.parametrize("asleep_at", [BEFORE_THE_PAYMENT, AFTER_THE_PAYMENT])
def test_a_late_answer_is_refused_and_kept_as_a_late_receipt(
    deliveries: Deliveries,
    stop: Callable[..., Sleeper],
    caplog: pytest.LogCaptureFixture,
    asleep_at: int,
) -> None:
    row = deliveries.send(deliveries.capture())
    sleeper = stop(deliveries, row, asleep_at)
    deliveries.provider.raw = _other_answer("From the second claim")
    assert deliveries.deliver(row) is None
    before = _shown(deliveries)
    assert deliveries.calls() == [("in_doubt", False), ("succeeded", True)]

    deliveries.provider.raw = _other_answer("From the first claim")
    sleeper.wake()

    assert sleeper.error is None
    assert _shown(deliveries) == before
    assert deliveries.analyses() == [("completed", None, "From the second claim")]
    assert len(deliveries.provider.paid) == 2
    assert deliveries.calls() == [("in_doubt", True), ("succeeded", True)]
    late, kept = deliveries.database.rows(
        "SELECT cost_microdollars, raw_answer LIKE '%%From the second%%', error_detail "
        "FROM scout.llm_calls ORDER BY started_at"
    )
    assert late[0] == kept[0] == 1500
    assert kept[1]
    assert "given out again" in late[2]
    assert [m for m in caplog.messages if "late receipt" in m]
    assert not [m for m in caplog.messages if "gives way" in m]  # it did not go on to finish


def test_a_late_answer_is_refused_also_while_the_second_claim_is_still_at_it(
    deliveries: Deliveries, stop: Callable[..., Sleeper]
) -> None:
    row = deliveries.send(deliveries.capture())
    first = stop(deliveries, row, AFTER_THE_PAYMENT)
    second = stop(deliveries, row, AFTER_THE_PAYMENT)

    first.wake()
    assert deliveries.calls() == [("in_doubt", True), ("started", False)]
    assert deliveries.analyses() == [("running", None, None)]

    second.wake()
    assert first.error is second.error is None
    assert deliveries.calls() == [("in_doubt", True), ("succeeded", True)]
    assert deliveries.analyses() == [("completed", None, "A van at the gate")]
    assert deliveries.waiting() == ["broadcast_event"]


@pytest.mark.parametrize("error_class", [ErrorClass.REFUSED, ErrorClass.SERVER_ERROR])
def test_a_late_failure_changes_nothing(
    deliveries: Deliveries, stop: Callable[..., Sleeper], error_class: ErrorClass
) -> None:
    def refuse() -> None:
        raise ModelError(error_class, "no")

    deliveries.broker.joins = False  # our own broker's fence would refuse some of it too
    row = deliveries.send(deliveries.capture())
    first = stop(deliveries, row, BEFORE_THE_PAYMENT)
    second = stop(deliveries, row, AFTER_THE_PAYMENT)
    deliveries.provider.before = refuse
    first.wake()
    assert first.error is None
    assert deliveries.analyses() == [("running", None, None)]
    assert deliveries.calls()[1] == ("started", False)
    second.wake()
    assert deliveries.calls()[1] == ("succeeded", True)


@pytest.mark.parametrize("joins", [True, False], ids=["our broker", "another broker"])
def test_a_finish_under_a_lost_lease_writes_nothing(
    deliveries: Deliveries,
    stop: Callable[..., Sleeper],
    caplog: pytest.LogCaptureFixture,
    joins: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    deliveries.broker.joins = joins
    row = deliveries.send(deliveries.capture())
    first = stop(deliveries, row, BEFORE_THE_FINISH)
    second = stop(deliveries, row, 3)  # its receipt is there: begin, then the finish

    first.wake()
    assert first.error is None
    assert "gives way" in caplog.text
    assert _shown(deliveries) == ([("running", None, None)], [], [])

    second.wake()
    assert second.error is None
    assert deliveries.analyses() == [("completed", None, "A van at the gate")]
    assert deliveries.waiting() == ["broadcast_event"]
    assert len(deliveries.provider.paid) == 1


def test_control_without_the_token_a_finish_under_a_lost_lease_takes_effect(
    deliveries: Deliveries, stop: Callable[..., Sleeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = "AND a.lease_token = %(lease_token)s"
    text = analyses._COMPLETE.as_string()
    assert guard in text
    monkeypatch.setattr(analyses, "_COMPLETE", sql.SQL(text.replace(guard, "")))
    deliveries.broker.joins = False  # our own broker's fence would refuse the acknowledgement
    row = deliveries.send(deliveries.capture())
    first = stop(deliveries, row, BEFORE_THE_FINISH)
    stop(deliveries, row, 3)
    first.wake()
    assert deliveries.analyses() == [("completed", None, "A van at the gate")]


def test_our_brokers_own_fence_refuses_a_finish_before_anybody_began_anew(
    deliveries: Deliveries, stop: Callable[..., Sleeper]
) -> None:
    row = deliveries.send(deliveries.capture())
    first = stop(deliveries, row, BEFORE_THE_FINISH)
    assert deliveries.claim(row) is not None  # rescued and claimed, not begun

    first.wake()
    assert first.error is None
    assert _shown(deliveries) == ([("running", None, None)], [], [])

    assert deliveries.deliver(row) is None
    assert deliveries.analyses() == [("completed", None, "A van at the gate")]
    assert len(deliveries.provider.paid) == 1


def test_a_finish_that_waits_for_a_beginner_sees_what_the_beginner_took(
    deliveries: Deliveries, stop: Callable[..., Sleeper]
) -> None:
    deliveries.broker.joins = False
    capture_id = deliveries.capture()
    row = deliveries.send(capture_id)
    first = stop(deliveries, row, BEFORE_THE_FINISH)
    waiting = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event_type = 'Lock'"
    )
    # The statement of the finish begins before the beginner's commit, so its snapshot is too old.
    with deliveries.yard.store.transaction() as tx:
        begun = analyses.begin(tx, capture_id, "a later claim")
        assert begun is not None
        first.go()
        eventually(lambda: deliveries.database.rows(waiting))
    first.wake()

    assert first.error is None
    assert _shown(deliveries) == ([("running", None, None)], [], [])
    assert deliveries.database.value("SELECT lease_token FROM scout.analyses") == "a later claim"
