"""Loaded by the real `dramatiq` command in test_departure.py; SCENARIO says what goes wrong."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import dramatiq
from dramatiq import Middleware
from dramatiq.brokers.stub import StubBroker

from scout_workers.middleware.deadline_limit import DeadlineLimit
from scout_workers.middleware.departure import Departure
from scout_workers.middleware.lifecycle import Lifecycle
from scout_workers.middleware.limits import Limits
from scout_workers.middleware.log_format import set_up
from scout_workers.middleware.thread_watch import ThreadWatch
from scout_workers.middleware.zombies import Zombies

if TYPE_CHECKING:
    from dramatiq.broker import MessageProxy

NOTES = Path(os.environ["NOTES"])
SCENARIO = os.environ["SCENARIO"]
PASSED = threading.Event()


def note(line: str) -> None:
    """Append a line to what the test reads."""
    with NOTES.open("a", encoding="utf-8") as notes:
        notes.write(line + "\n")


class Killer(Middleware):
    """Kills the worker thread of the message `die`, as an interruption at the wrong time would."""

    def after_process_message(
        self,
        broker: dramatiq.Broker,
        message: MessageProxy,
        *,
        result: object = None,
        exception: BaseException | None = None,
    ) -> None:
        if message.actor_name == "die":
            raise KeyboardInterrupt


def opening() -> None:
    """Open, or fail to, as the scenario has it."""
    if SCENARIO == "cannot_open":
        raise ConnectionRefusedError("no database there")
    note("opened")


set_up("INFO", "text")
departure = Departure(drain_seconds=2 if SCENARIO == "never_drains" else 20)
broker = StubBroker(
    middleware=[
        departure,
        Lifecycle(opening=opening, closing=lambda: note("closed")),
        ThreadWatch(departure, every_seconds=0.2),
        Killer(),
        DeadlineLimit(
            limits=Limits(attempt=0.1, limit=0.2, exit=0.4), zombies=Zombies(departure, allowed=0)
        ),
    ]
)


@dramatiq.actor(broker=broker)
def stick() -> None:
    """Block where nothing frees it."""
    never = threading.Lock()
    never.acquire()
    never.acquire()


@dramatiq.actor(broker=broker)
def die() -> None:
    """Be the message after which its thread dies."""


@dramatiq.actor(broker=broker, time_limit=float("inf"))
def finish_slowly() -> None:
    """Be healthy, and still at work when the process is given up."""
    while departure.reason is None:
        PASSED.wait(0.05)
    PASSED.wait(1.5)
    note("finished")


@dramatiq.actor(broker=broker, time_limit=float("inf"))
def never_finish() -> None:
    """Keep the shutdown from ending."""
    PASSED.wait()


MESSAGES = {
    "stuck": [finish_slowly, stick],
    "dead_thread": [finish_slowly, die],
    "never_drains": [never_finish, stick],
    "healthy": [],
    "cannot_open": [],
}
for actor in MESSAGES[SCENARIO]:
    actor.send()
