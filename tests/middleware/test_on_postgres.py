"""The whole stack on the Postgres broker: each outcome is what becomes of the message's own row."""

from __future__ import annotations

import threading
from random import Random
from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.middleware import CurrentMessage, TimeLimitExceeded
from fix_broker import eventually, rows, working
from fix_stub_worker import Recorder

from scout_workers import stack
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.middleware.deadline_limit import DeadlineLimit
from scout_workers.middleware.departure import Departure
from scout_workers.middleware.limits import Limits
from scout_workers.middleware.retries import VerdictRetries
from scout_workers.middleware.zombies import Zombies

if TYPE_CHECKING:
    from fix_broker import MakeBroker

WAITING = "SELECT state, extract(epoch FROM available_at - now())::float8 FROM scout_broker.message"
DEAD = "SELECT actor, reason, error FROM scout_broker.dead_message"


def test_a_deferred_message_waits_in_its_own_row(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(middleware=stack.middleware())

    @dramatiq.actor(broker=broker, max_retries=0)
    def call_a_busy_provider() -> None:
        raise ScoutError(ErrorClass.OVERLOADED, "busy", retry_after=600)

    call_a_busy_provider.send()
    with working(broker):
        eventually(lambda: [row[0] for row in rows(broker_database, WAITING)] == ["scheduled"])
    ((_, seconds),) = rows(broker_database, WAITING)
    assert 550 < seconds < 661
    assert rows(broker_database, DEAD) == []


def test_a_terminal_error_leaves_a_dead_message_with_its_reason(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(middleware=stack.middleware())

    @dramatiq.actor(broker=broker)
    def read_a_bad_image() -> None:
        raise ScoutError(ErrorClass.IMAGE_UNREADABLE, "it ends in the middle of a line")

    read_a_bad_image.send()
    with working(broker):
        eventually(lambda: rows(broker_database, DEAD))
    ((actor, reason, error),) = rows(broker_database, DEAD)
    assert (actor, reason) == ("read_a_bad_image", "failed")
    assert error == "ScoutError: image_unreadable: it ends in the middle of a line"
    assert rows(broker_database, WAITING) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_limit_loses_a_message_however_close_to_its_end_it_strikes(
    make_broker: MakeBroker, broker_database: str
) -> None:
    struck, completed = Recorder(), set[int]()
    random, never = Random(11), threading.Event()
    limit = DeadlineLimit(limits=Limits(0.01, 0.01, 30), zombies=Zombies(Departure()))
    retries = VerdictRetries(min_backoff=1, max_backoff=2)
    broker = make_broker(middleware=[CurrentMessage(), struck, retries, limit])

    @dramatiq.actor(broker=broker)
    def work_about_as_long_as_allowed(number: int) -> None:
        message = CurrentMessage.get_current_message()
        assert message is not None
        if not message.options.get("retries"):
            never.wait(random.uniform(0.005, 0.015))
        completed.add(number)

    broker.enqueue_many([work_about_as_long_as_allowed.message(number) for number in range(300)])
    with working(broker, threads=8) as worker:
        eventually(lambda: rows(broker_database, WAITING) == [], within=60)
        assert all(thread.is_alive() for thread in worker.workers)
    assert completed == set(range(300))
    assert rows(broker_database, DEAD) == []
    assert sum(isinstance(each, TimeLimitExceeded) for each in struck.exceptions) > 20


def test_the_message_of_a_stuck_thread_is_given_to_another_process(
    make_broker: MakeBroker, broker_database: str
) -> None:
    impatient = stack.middleware(attempt_seconds=0.1, limit_seconds=0.2, exit_seconds=0.4)
    here = make_broker(middleware=impatient)
    there = make_broker(middleware=stack.middleware())
    come_back, ran = threading.Lock(), threading.Event()
    come_back.acquire()
    dramatiq.actor(broker=here, actor_name="look")(come_back.acquire)
    actor = dramatiq.actor(broker=there, actor_name="look")(ran.set)
    (limit,) = [each for each in here.middleware if isinstance(each, DeadlineLimit)]
    with working(here, threads=1):
        actor.send()
        eventually(lambda: len(limit.zombies) == 1)
        with working(there, threads=1):
            assert ran.wait(20)
        come_back.release()
        eventually(lambda: len(limit.zombies) == 0)
    assert rows(broker_database, WAITING) == []
    assert rows(broker_database, DEAD) == []
