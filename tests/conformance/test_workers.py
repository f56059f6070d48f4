"""Workers: side by side, one after the other, paused, stopped in the middle of it."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING

import dramatiq
import dramatiq.worker
import pytest
from dramatiq.middleware import Middleware, Shutdown, ShutdownNotifications
from fix_broker import eventually, usual_middleware

if TYPE_CHECKING:
    from fix_conformance import MakeStage, Stage


class Life(Middleware):
    """Counts what it is told of workers and their threads."""

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()

    def before_worker_boot(self, *_: object) -> None:
        self.told["before_worker_boot"] += 1

    def after_worker_boot(self, *_: object) -> None:
        self.told["after_worker_boot"] += 1

    def after_worker_thread_boot(self, *_: object) -> None:
        self.told["after_worker_thread_boot"] += 1

    def before_worker_thread_shutdown(self, *_: object) -> None:
        self.told["before_worker_thread_shutdown"] += 1

    def before_worker_shutdown(self, *_: object) -> None:
        self.told["before_worker_shutdown"] += 1

    def after_worker_shutdown(self, *_: object) -> None:
        self.told["after_worker_shutdown"] += 1


def test_as_many_messages_run_at_once_as_there_are_threads(stage: Stage) -> None:
    meet = threading.Barrier(6, timeout=20)

    @dramatiq.actor(max_retries=0)
    def work() -> None:
        meet.wait()

    for _ in range(6):
        work.send()
    stage.run(threads=6)
    assert stage.dead() == []


def test_a_workers_life_is_told_to_middleware(stage: Stage) -> None:
    life = Life()
    stage.broker.add_middleware(life)
    with stage.working(threads=3):
        eventually(lambda: life.told["after_worker_thread_boot"] == 3)
    assert life.told == {
        "before_worker_boot": 1,
        "after_worker_boot": 1,
        "after_worker_thread_boot": 3,
        "before_worker_thread_shutdown": 3,
        "before_worker_shutdown": 1,
        "after_worker_shutdown": 1,
    }


def test_a_paused_worker_begins_nothing_until_it_is_resumed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dramatiq.worker, "CONSUMER_RESTART_DELAY_SECS", 0.01)
    ran: list[int] = []

    @dramatiq.actor
    def work(number: int) -> None:
        ran.append(number)

    with stage.working() as worker:
        work.send(0)
        stage.join()
        for number in (1, 2):
            worker.pause()
            work.send(number)
            with pytest.raises(dramatiq.QueueJoinTimeout):
                stage.join(timeout=200)
            assert ran == list(range(number))
            worker.resume()
            stage.join()
    assert ran == [0, 1, 2]


def test_a_broker_serves_one_worker_after_the_other(stage: Stage) -> None:
    ran: list[int] = []

    @dramatiq.actor
    def work(number: int) -> None:
        ran.append(number)

    for number in range(3):
        work.send(number)
        stage.run()
        work.send(10 + number)  # while there is none
    stage.run()
    assert sorted(ran) == [0, 1, 2, 10, 11, 12]


def test_several_workers_share_the_work_and_each_may_leave(stage: Stage) -> None:
    ran: list[int] = []

    @dramatiq.actor
    def work(number: int) -> None:
        ran.append(number)

    with stage.working(), ExitStack() as leaving:
        for _ in range(2):
            leaving.enter_context(stage.working(threads=2))
        for number in range(200):
            work.send(number)
        stage.join()
        leaving.close()
        for number in range(200, 400):
            work.send(number)
        stage.join()
    assert Counter(ran) == Counter(range(400))


def test_a_worker_that_is_told_to_stop_finishes_what_it_began(stage: Stage) -> None:
    began, finish = threading.Event(), threading.Event()
    ran: list[str] = []

    @dramatiq.actor
    def work() -> None:
        began.set()
        assert finish.wait(20)
        ran.append("finished")

    work.send()
    worker = dramatiq.Worker(stage.broker, worker_timeout=20, worker_threads=2)
    worker.start()
    assert began.wait(20)
    stopping = threading.Thread(target=worker.stop, name="stopping")
    stopping.start()
    finish.set()
    stopping.join(20)
    assert not stopping.is_alive()
    assert ran == ["finished"]
    stage.join(timeout=1)


def test_an_actor_is_told_of_a_shutdown_if_it_wants_to_be(make_stage: MakeStage) -> None:
    stage = make_stage([ShutdownNotifications(), *usual_middleware()])
    began, forever = [threading.Event(), threading.Event()], threading.Event()
    ended: list[str] = []

    @dramatiq.actor(notify_shutdown=True, max_retries=0)
    def wanting() -> None:
        try:
            began[0].set()
            while not forever.wait(0.01):
                pass
        except Shutdown:
            ended.append("wanting: told")

    @dramatiq.actor
    def not_wanting() -> None:
        began[1].set()
        eventually(lambda: ended)
        ended.append("not wanting: finished")

    wanting.send()
    not_wanting.send()
    with stage.working(threads=2):
        assert all(each.wait(20) for each in began)
    assert ended == ["wanting: told", "not wanting: finished"]
