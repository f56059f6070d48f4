"""Workers and their consumers: paused, several in one process, one after the other, with wishes."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import dramatiq
import dramatiq.worker
import pytest
from dramatiq import Worker
from fix_broker import eventually, rows, working

if TYPE_CHECKING:
    from fix_broker import MakeBroker

    from scout_workers.broker import PostgresBroker


@pytest.fixture(autouse=True)
def consumers_restart_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dramatiq.worker, "CONSUMER_RESTART_DELAY_SECS", 0.01)


def count(url: str, state: str) -> int:
    ((found,),) = rows(url, "SELECT count(*) FROM scout_broker.message WHERE state = %s", state)
    return int(found)


def test_of_two_workers_in_a_process_the_one_that_is_left_goes_on(broker: PostgresBroker) -> None:
    seen: list[int] = []

    @dramatiq.actor(broker=broker)
    def note(number: int) -> None:
        seen.append(number)

    with working(broker):
        with working(broker):
            note.send(1)
            broker.join("default", timeout=10_000)
        assert len(broker.workers()) == 1
        note.send(2)
        broker.join("default", timeout=10_000)
    assert seen == [1, 2]
    assert broker.workers() == []


def test_queues_of_a_worker_that_left_are_no_longer_claimed_from(
    broker: PostgresBroker, broker_database: str
) -> None:
    ran: list[str] = []

    @dramatiq.actor(broker=broker, queue_name="rest")
    def rest() -> None:
        ran.append("rest")

    @dramatiq.actor(broker=broker)
    def go_on() -> None:
        ran.append("go on")

    staying = Worker(broker, queues={"default"}, worker_timeout=100, worker_threads=1)
    leaving = Worker(broker, queues={"rest"}, worker_timeout=100, worker_threads=1)
    staying.start()
    leaving.start()
    try:
        rest.send()
        broker.join("rest", timeout=10_000)
        leaving.stop()
        rest.send()
        go_on.send()
        broker.join("default", timeout=10_000)
        assert rows(broker_database, "SELECT queue, state, attempt FROM scout_broker.message") == [
            ("rest", "ready", 0)
        ]
    finally:
        leaving.stop()
        staying.stop()
    assert ran == ["rest", "go on"]


def test_workers_one_after_the_other_on_one_broker_both_work(broker: PostgresBroker) -> None:
    seen: list[int] = []

    @dramatiq.actor(broker=broker)
    def note(number: int) -> None:
        seen.append(number)

    for number in range(3):
        note.send(number)
        with working(broker):
            broker.join("default", timeout=10_000)
    assert seen == [0, 1, 2]


def test_a_paused_worker_gives_back_what_it_had_claimed_ahead_and_claims_nothing(
    broker: PostgresBroker, broker_database: str
) -> None:
    began, finish = threading.Event(), threading.Event()
    seen: list[int] = []

    @dramatiq.actor(broker=broker)
    def note(number: int) -> None:
        began.set()
        assert finish.wait(20)
        seen.append(number)

    with working(broker, threads=2) as worker:
        worker.pause()
        broker.enqueue_many(note.message(number) for number in range(5))
        eventually(lambda: broker.workers()[0].queues == [])
        eventually(lambda: count(broker_database, "ready") == 5)
        assert not began.is_set()
        worker.resume()
        assert began.wait(20)
        finish.set()
        broker.join("default", timeout=20_000)
    assert sorted(seen) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("prefetch", [1, 3])
def test_a_prefetch_somebody_chose_is_the_most_a_process_holds_of_a_queue(
    make_broker: MakeBroker, broker_database: str, prefetch: int
) -> None:
    broker = make_broker()
    began, finish = threading.Semaphore(0), threading.Event()
    held: list[int] = []

    @dramatiq.actor(broker=broker)
    def work() -> None:
        held.append(count(broker_database, "leased"))
        began.release()
        assert finish.wait(20)

    worker = Worker(broker, worker_timeout=100, worker_threads=4)
    worker.queue_prefetch = prefetch
    broker.enqueue_many(work.message() for _ in range(8))
    worker.start()
    try:
        for _ in range(prefetch):
            assert began.acquire(timeout=20)
        assert count(broker_database, "leased") == prefetch
        finish.set()
        broker.join("default", timeout=20_000)
    finally:
        worker.stop()
    assert len(held) == 8
    assert max(held) == prefetch


def test_what_the_broker_did_not_hand_out_is_told_and_not_settled(
    broker: PostgresBroker, caplog: pytest.LogCaptureFixture
) -> None:
    consumer = broker.consume("default", timeout=1)
    stranger = dramatiq.MessageProxy(dramatiq.Message("default", "nobody", (), {}, {}))
    with caplog.at_level(logging.WARNING):
        consumer.ack(stranger)
        consumer.nack(stranger)
        consumer.requeue([stranger])
    assert len(caplog.records) == 3
    consumer.close()
