"""A worker that is told to stop finishes what runs and gives the rest back at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import dramatiq
from fix_broker import eventually, rows

from scout_workers.broker import EngineOptions

if TYPE_CHECKING:
    from fix_broker import MakeBroker


def test_running_messages_finish_and_unbegun_ones_are_ready_before_they_do(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(options=EngineOptions(concurrency={"default": 5}))
    began, finish = threading.Event(), threading.Event()
    ran: list[int] = []

    @dramatiq.actor(broker=broker)
    def work(number: int) -> None:
        began.set()
        assert finish.wait(10)
        ran.append(number)

    broker.enqueue_many(work.message(number) for number in range(8))
    worker = dramatiq.Worker(broker, worker_timeout=100, worker_threads=1)
    worker.start()
    assert began.wait(10)
    eventually(lambda: _count(broker_database, "leased") == 5)

    stopping = threading.Thread(target=worker.stop, name="stopping")
    stopping.start()
    eventually(lambda: _count(broker_database, "ready") == 7)
    assert _count(broker_database, "leased") == 1
    assert broker.workers()[0].draining
    finish.set()
    stopping.join(10)

    assert not stopping.is_alive()
    assert len(ran) == 1
    assert _count(broker_database, "ready") == 7
    assert rows(broker_database, "SELECT max(rescues) FROM scout_broker.message") == [(0,)]
    assert broker.workers() == []


def test_an_outcome_reported_while_stopping_is_written(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker()
    began, finish = threading.Event(), threading.Event()

    @dramatiq.actor(broker=broker)
    def work() -> None:
        began.set()
        assert finish.wait(10)

    work.send()
    worker = dramatiq.Worker(broker, worker_timeout=100, worker_threads=1)
    worker.start()
    assert began.wait(10)
    stopping = threading.Thread(target=worker.stop, name="stopping")
    stopping.start()
    eventually(lambda: broker.workers()[0].draining)
    finish.set()
    stopping.join(10)
    assert rows(broker_database, "SELECT count(*) FROM scout_broker.message") == [(0,)]


def test_no_thread_of_the_broker_outlives_its_worker(make_broker: MakeBroker) -> None:
    broker = make_broker()
    worker = dramatiq.Worker(broker, worker_timeout=100, worker_threads=2)
    worker.start()
    eventually(broker.workers)
    worker.stop()
    left = {thread.name for thread in threading.enumerate() if thread.name.startswith("broker-")}
    assert left <= {"broker-watchdog"}


def _count(url: str, state: str) -> int:
    found = rows(url, "SELECT count(*) FROM scout_broker.message WHERE state = %s", state)
    return int(found[0][0])
