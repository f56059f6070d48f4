"""A delayed message runs when its time has come: not before, and not much later."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker
from dramatiq.common import current_millis
from dramatiq.errors import QueueJoinTimeout
from dramatiq.middleware import Middleware

if TYPE_CHECKING:
    from dramatiq.broker import MessageProxy
    from fix_conformance import Stage

HOUR_MS = 3_600_000
# An eta is in whole milliseconds, rounded down.
GRAIN = 0.002


class Parked(Middleware):
    """Hears of delayed messages that a worker keeps until they are due."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def before_delay_message(self, _: dramatiq.Broker, message: MessageProxy) -> None:
        self.told.append(message.actor_name)


def test_a_delayed_message_runs_after_its_delay(stage: Stage) -> None:
    ran: list[float] = []

    @dramatiq.actor
    def note() -> None:
        ran.append(time.monotonic())

    with stage.working() as worker:
        sent_at = time.monotonic()
        sent = note.send_with_options(delay=300)
        assert sent.options["eta"] >= current_millis() + 300 - 1000
        stage.join()
        worker.join()
    assert ran[0] - sent_at >= 0.3 - GRAIN


def test_a_delayed_message_keeps_the_others_waiting_for_nothing(stage: Stage) -> None:
    order: list[str] = []

    @dramatiq.actor
    def note(name: str) -> None:
        order.append(name)

    note.send_with_options(args=("last",), delay=400)
    note.send_with_options(args=("second",), delay=200)
    note.send("first")
    stage.run(threads=1)
    assert order == ["first", "second", "last"]


@pytest.mark.parametrize("delay", [0, 1])
def test_no_delay_and_hardly_any_are_now(stage: Stage, delay: int) -> None:
    ran = threading.Event()

    @dramatiq.actor
    def note() -> None:
        ran.set()

    note.send_with_options(delay=delay)
    stage.run()
    assert ran.is_set()


def test_a_message_whose_eta_has_passed_is_due(stage: Stage) -> None:
    ran = threading.Event()

    @dramatiq.actor
    def note() -> None:
        ran.set()

    stage.broker.enqueue(note.message_with_options(eta=current_millis() - HOUR_MS))
    stage.run()
    assert ran.is_set()


def test_a_message_with_an_eta_of_its_own_waits_for_it(stage: Stage) -> None:
    ran: list[int] = []

    @dramatiq.actor
    def note() -> None:
        ran.append(current_millis())

    eta = current_millis() + 300
    stage.broker.enqueue(note.message_with_options(eta=eta))
    stage.run()
    assert ran[0] >= eta


def test_a_message_far_in_the_future_outlives_the_worker_that_saw_it(stage: Stage) -> None:
    ran: list[str] = []

    @dramatiq.actor
    def note(name: str) -> None:
        ran.append(name)

    note.send_with_options(args=("then",), delay=HOUR_MS)
    note.send("now")
    with stage.working(), pytest.raises(QueueJoinTimeout):
        stage.join(timeout=300)
    with pytest.raises(QueueJoinTimeout):
        stage.join(timeout=1)
    assert ran == ["now"]


def test_delayed_messages_wait_in_a_worker_on_stub_and_in_the_table_on_postgres(
    stage: Stage,
) -> None:
    parked = Parked()
    stage.broker.add_middleware(parked)

    @dramatiq.actor
    def note() -> None: ...

    note.send_with_options(delay=50)
    stage.run()
    in_a_worker = isinstance(stage.broker, StubBroker)
    assert parked.told == (["note"] if in_a_worker else [])
    assert stage.broker.get_declared_delay_queues() == ({"default.DQ"} if in_a_worker else set())
