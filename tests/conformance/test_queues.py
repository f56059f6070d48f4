"""Queues: declared, joined, flushed, served by some workers and not by others."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.errors import QueueJoinTimeout, QueueNotFound
from fix_broker import eventually

if TYPE_CHECKING:
    from fix_conformance import Stage


class Declared(dramatiq.Middleware):
    """Notes what is told of queues."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def before_declare_queue(self, _: dramatiq.Broker, queue_name: str) -> None:
        self.told.append(("before", queue_name))

    def after_declare_queue(self, _: dramatiq.Broker, queue_name: str) -> None:
        self.told.append(("after", queue_name))


def test_a_queue_that_was_never_declared_is_not_found(stage: Stage) -> None:
    message: dramatiq.Message[None] = dramatiq.Message("nowhere", "nobody", (), {}, {})
    with pytest.raises(QueueNotFound):
        stage.broker.enqueue(message)
    with pytest.raises(QueueNotFound):
        stage.broker.enqueue(message, delay=10)
    with pytest.raises(QueueNotFound):
        stage.broker.consume("nowhere")
    with pytest.raises(QueueNotFound):
        stage.join("nowhere")


def test_a_queue_is_declared_once_and_told_once(stage: Stage) -> None:
    declared = Declared()
    stage.broker.add_middleware(declared)
    declared.told.clear()  # of those that were there before
    stage.broker.declare_queue("letters")
    stage.broker.declare_queue("letters")
    assert declared.told == [("before", "letters"), ("after", "letters")]
    assert {"default", "letters"} <= stage.broker.get_declared_queues()


def test_middleware_that_come_late_are_told_of_what_was_declared(stage: Stage) -> None:
    declared = Declared()
    stage.broker.add_middleware(declared)
    assert ("after", "default") in declared.told


def test_an_actor_declared_while_workers_run_is_served(stage: Stage) -> None:
    ran: list[str] = []
    with stage.working():

        @dramatiq.actor(queue_name="late")
        def note(name: str) -> None:
            ran.append(name)

        note.send("new queue")
        stage.join("late")

        @dramatiq.actor(queue_name="late")
        def note_too(name: str) -> None:
            ran.append(name)

        note_too.send("old queue")
        stage.join("late")
    assert ran == ["new queue", "old queue"]


def test_a_worker_serves_the_queues_it_was_given_and_no_others(stage: Stage) -> None:
    ran: list[str] = []

    @dramatiq.actor(queue_name="wanted")
    def wanted() -> None:
        ran.append("wanted")

    @dramatiq.actor(queue_name="unwanted")
    def unwanted() -> None:
        ran.append("unwanted")

    unwanted.send()
    wanted.send()
    with stage.working(queues={"wanted"}) as worker:
        stage.join("wanted")
        with pytest.raises(QueueJoinTimeout):
            stage.join("unwanted", timeout=200)
        assert "unwanted" not in worker.consumers
    assert ran == ["wanted"]
    with stage.working(queues={"unwanted"}):
        stage.join("unwanted")
    assert ran == ["wanted", "unwanted"]


def test_joining_waits_for_what_is_being_worked_on_and_no_longer_than_told(stage: Stage) -> None:
    finish = threading.Event()

    @dramatiq.actor
    def work() -> None:
        assert finish.wait(20)

    work.send()
    with stage.working():
        with pytest.raises(QueueJoinTimeout):
            stage.join(timeout=200)
        finish.set()
        stage.join()


def test_joining_waits_for_retries_and_for_what_is_delayed(stage: Stage) -> None:
    ran: list[str] = []

    @dramatiq.actor(max_retries=2, min_backoff=50, max_backoff=50)
    def fail_twice() -> None:
        ran.append("try")
        if len(ran) < 3:
            raise RuntimeError("no luck")

    fail_twice.send_with_options(delay=100)
    stage.run()
    assert ran == ["try"] * 3


def test_after_broker_and_worker_were_joined_nothing_is_left_to_be_done(stage: Stage) -> None:
    done: list[int] = []

    @dramatiq.actor
    def note(number: int) -> None:
        done.append(number)

    with stage.working(threads=8) as worker:
        for round_ in range(10):
            note.send(round_)
            stage.join()
            worker.join()
            assert done == list(range(round_ + 1))


def test_a_flushed_queue_is_empty_and_the_others_are_not(stage: Stage) -> None:
    ran: list[str] = []

    @dramatiq.actor(queue_name="flushed")
    def drop() -> None:
        ran.append("drop")

    @dramatiq.actor(queue_name="kept")
    def keep() -> None:
        ran.append("keep")

    for _ in range(3):
        drop.send()
    keep.send()
    stage.broker.flush("flushed")
    stage.join("flushed", timeout=1)
    keep.send()
    stage.run("flushed", "kept")
    assert ran == ["keep", "keep"]


def test_flushing_all_drops_what_is_ready_and_what_is_delayed(stage: Stage) -> None:
    ran: list[str] = []

    @dramatiq.actor(queue_name="one")
    def one() -> None:
        ran.append("one")

    @dramatiq.actor(queue_name="two")
    def two(name: str) -> None:
        ran.append(name)

    one.send()
    two.send("dropped")
    two.send_with_options(args=("dropped too",), delay=100)
    stage.broker.flush_all()
    for queue in ("one", "two"):
        stage.join(queue, timeout=1)
    two.send("after")
    stage.run("one", "two")
    assert ran == ["after"]


def test_of_what_a_worker_has_at_hand_the_lower_priority_number_runs_first(stage: Stage) -> None:
    began, finish = threading.Event(), threading.Event()
    order: list[str] = []

    @dramatiq.actor
    def hold() -> None:
        began.set()
        assert finish.wait(20)

    @dramatiq.actor(priority=10)
    def later() -> None:
        order.append("later")

    @dramatiq.actor(priority=-1)
    def sooner() -> None:
        order.append("sooner")

    worker = dramatiq.Worker(stage.broker, worker_timeout=20, worker_threads=1)
    worker.queue_prefetch = 20
    worker.start()
    try:
        hold.send()
        assert began.wait(20)
        for _ in range(3):
            later.send()
            sooner.send()
        eventually(lambda: worker.work_queue.qsize() == 6)
        finish.set()
        stage.join()
    finally:
        worker.stop()
    assert order == ["sooner"] * 3 + ["later"] * 3
