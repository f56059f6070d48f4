"""The order in which middleware surround a message: one list, outermost first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dramatiq.middleware import AgeLimit, Callbacks, CurrentMessage, Pipelines

from scout_workers.middleware.deadline_limit import DeadlineLimit
from scout_workers.middleware.departure import Departure
from scout_workers.middleware.drain import Drain
from scout_workers.middleware.lanes import Lanes
from scout_workers.middleware.lifecycle import Lifecycle
from scout_workers.middleware.limits import Limits
from scout_workers.middleware.log_context import LogContext
from scout_workers.middleware.retries import VerdictRetries
from scout_workers.middleware.schedule import Schedule
from scout_workers.middleware.thread_watch import ThreadWatch
from scout_workers.middleware.zombies import Zombies

if TYPE_CHECKING:
    from collections.abc import Callable

    from dramatiq import Middleware

    from scout_workers.middleware.schedule import Clock


def _nothing() -> None:
    """Open or close nothing: what a process that only sends messages has to."""


def middleware(
    *,
    attempt_seconds: float = 140.0,
    limit_seconds: float = 150.0,
    exit_seconds: float = 180.0,
    opening: Callable[[], None] = _nothing,
    closing: Callable[[], None] = _nothing,
    clock: Clock | None = None,
    figures: Clock | None = None,
) -> list[Middleware]:
    """What surrounds every message, for workers and for those who only send.

    `before_*` hooks run from first to last, `after_*` hooks from last to first. A sender needs the
    same list, since it is what makes the actors' options known.

    Args:
        attempt_seconds: The budget of time of one attempt.
        limit_seconds: When its thread is interrupted.
        exit_seconds: When the thread is given up; also how long a process that gives itself up
            may take to finish what is healthy, since nothing healthy takes longer.
        opening: Opens what actors reach for, in each worker process before its threads start.
        closing: Closes it, when the last of them has ended.
        clock: Sends what is scheduled, in a thread of each worker process; None: others do.
        figures: Tells what the process measures of its pools, likewise; None: nobody does.
    """
    limits = Limits(attempt_seconds, limit_seconds, exit_seconds)
    departure = Departure(drain_seconds=exit_seconds)
    return [
        # Its last hook ends the process: everybody else's must have run.
        departure,
        # Closes resources after all others have had their last use of them.
        Lifecycle(opening=opening, closing=closing),
        # No part in messages: has the process leave when an operator says so.
        Drain(),
        # No part in messages; beside the departure it asks for.
        ThreadWatch(departure),
        # No part in messages either, but sends some, and writes what `status` and `doctor pools`
        # read: stopped before resources are closed.
        Schedule({"schedule-clock": clock, "pool-figures": figures}),
        # Marks the context before anybody logs, and writes the line when all is decided.
        LogContext(),
        # Too old: nobody further in need look at it.
        AgeLimit(),
        # Around whoever asks which message this is: callbacks, retries, the actor.
        CurrentMessage(),
        # The messages of on_success and on_failure, after each attempt.
        Callbacks(),
        # Passes a result on if the message did not fail: so Retries, further in, has said by now.
        Pipelines(),
        # First to hear how it went, and says whether the message is dead or runs again.
        VerdictRetries(),
        # Before the limits copy the context that the actor's function runs in.
        Lanes(),
        # Innermost: puts the limits around the actor's function, and around nothing else.
        DeadlineLimit(limits=limits, zombies=Zombies(departure)),
    ]
