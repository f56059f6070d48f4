"""What outlives a worker or a broker; StubBroker has no part here.

Its messages live in its own memory, and what a worker that stops has at hand is gone with it.
"""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING

import dramatiq
from dramatiq.middleware import Shutdown, ShutdownNotifications
from fix_broker import usual_middleware, working

from scout_workers.broker import PostgresBroker

if TYPE_CHECKING:
    from fix_broker import MakeBroker


def test_on_postgres_an_actor_that_wants_to_be_told_of_a_shutdown_is_and_is_run_again(
    make_broker: MakeBroker,
) -> None:
    broker = make_broker(middleware=[ShutdownNotifications(), *usual_middleware()])
    began, forever = threading.Event(), threading.Event()
    story: list[str] = []

    @dramatiq.actor(broker=broker, notify_shutdown=True)
    def work() -> None:
        if story:
            story.append("run again")
            return
        began.set()
        try:
            while not forever.wait(0.01):
                pass
        except Shutdown:
            story.append("told")
            raise

    work.send()
    with working(broker):
        assert began.wait(20)
    assert story == ["told"]
    with working(broker):
        broker.join("default", timeout=20_000)
    assert story == ["told", "run again"]


def test_on_postgres_what_a_stopped_worker_had_not_begun_the_next_one_runs(
    make_broker: MakeBroker,
) -> None:
    broker = make_broker()
    began, finish = threading.Event(), threading.Event()
    ran: list[int] = []

    @dramatiq.actor(broker=broker)
    def work(number: int) -> None:
        began.set()
        assert finish.wait(20)
        ran.append(number)

    for number in range(10):
        work.send(number)
    worker = dramatiq.Worker(broker, worker_timeout=20, worker_threads=2)
    worker.start()
    assert began.wait(20)
    stopping = threading.Thread(target=worker.stop, name="stopping")
    stopping.start()
    finish.set()
    stopping.join(20)
    assert len(ran) < 10
    with working(broker):
        broker.join("default", timeout=20_000)
    assert sorted(ran) == list(range(10))


def test_on_postgres_messages_outlive_the_broker_they_were_sent_through(
    make_broker: MakeBroker, broker_url: str
) -> None:
    sender = PostgresBroker(broker_url, middleware=usual_middleware())
    sender.declare_queue("default")
    for number in range(5):
        sender.enqueue(dramatiq.Message("default", "work", (number,), {}, {}))
    sender.enqueue(dramatiq.Message("default", "work", (5,), {}, {}), delay=50)
    sender.close()

    broker = make_broker()
    ran: list[int] = []

    @dramatiq.actor(broker=broker)
    def work(number: int) -> None:
        ran.append(number)

    with working(broker):
        broker.join("default", timeout=20_000)
    assert sorted(ran) == list(range(6))


def test_on_postgres_workers_of_several_brokers_on_one_database_run_each_message_once(
    make_broker: MakeBroker,
) -> None:
    ran: list[int] = []

    def work(number: int) -> None:
        ran.append(number)

    brokers = [make_broker() for _ in range(3)]
    actors = [dramatiq.actor(broker=broker)(work) for broker in brokers]
    with ExitStack() as stack:
        for broker in brokers:
            stack.enter_context(working(broker, threads=2))
        for number in range(300):
            actors[number % 3].send(number)
        brokers[0].join("default", timeout=20_000)
    assert Counter(ran) == Counter(range(300))
