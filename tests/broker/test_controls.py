"""What an operator says of a queue holds in every process, exactly, and from the next look on."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import dramatiq
import pytest
from fix_broker import eventually, rows, working

from scout_workers.broker import EngineOptions, Polling, Pulse

if TYPE_CHECKING:
    from fix_broker import MakeBroker

    from scout_workers.broker import PostgresBroker


def test_a_limit_of_the_fleet_is_never_passed_by_several_processes(
    make_broker: MakeBroker,
) -> None:
    brokers = [
        make_broker(options=EngineOptions(polling=Polling(interval=0.01, longest=0.05)))
        for _ in range(3)
    ]
    lock = threading.Lock()
    running = 0
    most: list[int] = []

    def crowd() -> None:
        nonlocal running
        with lock:
            running += 1
            most.append(running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1

    actors = [dramatiq.actor(broker=broker)(crowd) for broker in brokers]
    brokers[0].controls.limit("default", 4)
    brokers[0].enqueue_many(actors[0].message() for _ in range(120))
    with ExitStack() as stack:
        for broker in brokers:
            stack.enter_context(working(broker, threads=6))
        brokers[0].join("default", timeout=30_000)
    assert len(most) == 120
    assert max(most) == 4


def test_the_control_without_a_limit_passes_it(make_broker: MakeBroker) -> None:
    broker = make_broker()
    five = threading.Barrier(5)

    @dramatiq.actor(broker=broker)
    def crowd() -> None:
        five.wait(10)

    broker.enqueue_many(crowd.message() for _ in range(5))
    with working(broker, threads=6):
        broker.join("default", timeout=10_000)


def test_a_limit_of_nothing_lets_nothing_through_until_it_is_lifted(
    broker: PostgresBroker, broker_database: str
) -> None:
    ran = threading.Event()

    @dramatiq.actor(broker=broker)
    def ring() -> None:
        ran.set()

    broker.controls.limit("default", 0)
    ring.send()
    with working(broker):
        eventually(lambda: rows(broker_database, "SELECT id FROM scout_broker.worker"))
        assert not ran.wait(0.5)
        broker.controls.limit("default", None)
        assert ran.wait(5)


def test_a_pause_holds_until_resume_and_the_first_to_pause_stays_on_record(
    broker: PostgresBroker,
) -> None:
    ran = threading.Event()

    @dramatiq.actor(broker=broker)
    def ring() -> None:
        ran.set()

    broker.controls.pause("default", by="ada")
    broker.controls.pause("default", by="bob")
    assert [(c.queue, c.paused_by) for c in broker.controls.all()] == [("default", "ada")]
    ring.send()
    with working(broker):
        assert not ran.wait(0.5)
        broker.controls.resume("default")
        assert ran.wait(5)
    assert broker.controls.all()[0].paused_at is None


def test_a_pause_ends_by_itself_when_its_time_has_come_and_makes_way_for_the_next(
    broker: PostgresBroker, broker_database: str
) -> None:
    ran = threading.Event()

    @dramatiq.actor(broker=broker)
    def ring() -> None:
        ran.set()

    for limit in (None, 1):  # claimed with all others, and by itself
        broker.controls.limit("default", limit)
        ran.clear()
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        assert broker.controls.pause("default", by="ada", because="a test", until=tomorrow)
        (control,) = broker.controls.all()
        assert (control.paused_because, control.paused_until) == ("a test", tomorrow)
        ring.send()
        with working(broker):
            eventually(lambda: rows(broker_database, "SELECT id FROM scout_broker.worker"))
            assert not ran.wait(0.3)
            rows(broker_database, "UPDATE scout_broker.queue_control SET paused_until = now()")
            assert ran.wait(20)
        assert broker.controls.all()[0].paused_by is None
        assert not broker.queue_stats()[0].paused
        assert not broker.controls.resume("default"), "it is over already"
    assert broker.controls.pause("default", by="bob")
    assert broker.controls.all()[0].paused_by == "bob"


def test_a_processs_own_limit_is_changed_while_it_runs_and_holds_for_those_that_come(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(
        options=EngineOptions(concurrency={"default": 2}, pulse=Pulse(interval=0.1, dead_after=9))
    )
    finish = threading.Semaphore(0)

    @dramatiq.actor(broker=broker)
    def wait() -> None:
        assert finish.acquire(timeout=30)

    def leased(count: int) -> None:
        statement = "SELECT count(*) FROM scout_broker.message WHERE state = 'leased'"
        eventually(lambda: rows(broker_database, statement) == [(count,)])

    def beat() -> list[tuple[Any, ...]]:
        return rows(broker_database, "SELECT heartbeat_at FROM scout_broker.worker")

    def beat_since(before: list[tuple[Any, ...]]) -> bool:
        return beat() != before

    def heard() -> None:
        for _ in range(2):  # what the first of them told has been obeyed when the second comes
            eventually(partial(beat_since, beat()))

    broker.controls.limit_process("default", 1, by="ada")
    broker.enqueue_many(wait.message() for _ in range(20))
    with working(broker, threads=5):
        leased(1)
        broker.controls.limit_process("default", 4, by="ada")
        leased(4)
        for limit, holds in ((3, 3), (None, 2)):
            broker.controls.limit_process("default", limit, by="ada")
            heard()
            finish.release()
            leased(holds)
        finish.release(20)
        broker.join("default", timeout=30_000)
    acts = [(act.by, act.what, act.details) for act in reversed(broker.acts.latest())]
    assert acts == [("ada", "queue limit", {"process": limit}) for limit in (1, 4, 3, "none")]


def test_a_negative_limit_is_refused(broker: PostgresBroker) -> None:
    with pytest.raises(ValueError, match="0 or more, not -1"):
        broker.controls.limit("default", -1)
