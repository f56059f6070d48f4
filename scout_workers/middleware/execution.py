"""One attempt of one message on one worker thread, between its three limits."""

from __future__ import annotations

import logging
import math
import threading
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from dramatiq.middleware import TimeLimitExceeded

from scout_workers import deadline
from scout_workers.deadline import watchdog
from scout_workers.middleware.interruption import Interruption
from scout_workers.middleware.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from scout_workers.deadline import Alarm, Deadline

logger = logging.getLogger(__name__)

#: Seconds a call that was cut off has for its own clean-up before its thread is interrupted.
GRACE = 0.5

#: How often a thread that does not come back is interrupted before it is given up. Once is not
#: enough: the exception may strike where it is swallowed. Ten seconds apart by default, so that
#: clean-up is not struck as well.
STRIKES = 3

T = TypeVar("T")


class Execution:
    """Runs an actor's function under its limits, and leaves nothing armed behind.

    Args:
        title: Actor and message id, for the log.
        limits: When to cut, interrupt and give up.
        on_stuck: Called from the watchdog when the thread is given up.

    Attributes:
        thread: The worker thread this runs on.
    """

    def __init__(self, title: str, limits: Limits, on_stuck: Callable[[Execution], None]) -> None:
        self.title = title
        self.limits = limits
        self.thread = threading.current_thread()
        self._on_stuck = on_stuck
        self._interruption = Interruption()
        self._alarms: list[Alarm] = []
        self._deadline: Deadline | None = None
        self._recalled: type[BaseException] | None = None

    def run(self, function: Callable[[], T]) -> T:
        """Call `function`; whatever interrupts it is raised from here, and never later.

        Raises:
            TimeLimitExceeded: The limit passed while it ran.
            BaseException: It was recalled for this reason.
        """
        try:
            self._arm()
            with deadline.starting(self.limits.attempt) as self._deadline:
                if self._recalled is not None:
                    raise self._recalled
                return function()
        finally:
            try:
                self.finish()
            finally:
                # An exception that strikes as the line above begins leaves it undone; two never
                # strike within the time these two lines take.
                self._interruption.close()

    def recall(self, because: type[BaseException]) -> None:
        """End the attempt now: what blocks is cut off, then the thread is interrupted.

        From any thread, as often as one likes: only the first recall counts.

        Args:
            because: What the cut-off calls raise, and then the thread itself.
        """
        if self._recalled is not None:
            return
        # In this order: a run that is just beginning looks for it once it has a deadline.
        self._recalled = because
        for alarm in self._alarms:
            watchdog.drop(alarm)
        if self._deadline is not None:
            self._deadline.cut(because)
        stuck_after = self.limits.exit - self.limits.limit
        self._set_alarms(
            watchdog.clock() + GRACE,
            stuck_after if math.isfinite(stuck_after) else Limits().exit - Limits().limit,
            because,
        )

    @property
    def running(self) -> bool:
        """Whether the function has not come back yet."""
        return self._interruption.is_open

    def finish(self) -> None:
        """Leave nothing armed. May be repeated, and is: an exception can strike in the midst."""
        self._interruption.close()
        for alarm in self._alarms:
            watchdog.drop(alarm)
        if self._deadline is not None:
            self._deadline.close()

    def _arm(self) -> None:
        if self.limits.limit == math.inf:
            return
        limits = self.limits
        self._set_alarms(
            watchdog.clock() + limits.limit, limits.exit - limits.limit, TimeLimitExceeded
        )

    def _set_alarms(self, first: float, stuck_after: float, exception: type[BaseException]) -> None:
        # The last one first: an exception striking at once must not leave it out of the list.
        self._alarms.append(watchdog.at(first + stuck_after, partial(self._on_stuck, self)))
        for strike in reversed(range(STRIKES)):
            when = first + strike * stuck_after / STRIKES
            self._alarms.append(watchdog.at(when, partial(self._interrupt, exception)))

    def _interrupt(self, exception: type[BaseException]) -> None:
        if not self._interruption.interrupt(exception):
            return
        if exception is TimeLimitExceeded:
            logger.warning("%s exceeded its limit of %g s.", self.title, self.limits.limit)
        else:
            logger.warning("%s is interrupted: %s.", self.title, exception.__name__)
