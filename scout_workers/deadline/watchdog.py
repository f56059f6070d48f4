"""The process's alarm clock: one thread that runs short actions at their time."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


class Alarm:
    """One action due at one moment; its identity is what `Watchdog.drop` takes back.

    Attributes:
        when: The moment, on the watchdog's clock.
        action: What to run then, from the watchdog's thread.
    """

    __slots__ = ("action", "when")

    def __init__(self, when: float, action: Callable[[], None]) -> None:
        self.when = when
        self.action = action


class Watchdog:
    """Runs alarms at their time from one named daemon thread, started by the first of them.

    Alarms are few (one or two for each worker thread), set often and dropped before their time
    nearly always: so they live in a set, O(1) to set and to drop, and are scanned only when the
    thread wakes.

    A forked child has no thread and inherits no alarm; the first alarm it sets starts its own.

    Args:
        name: The thread's name, as dumps of stacks will show it.
        clock: Seconds, monotonic.
        threaded: False: no thread; whoever made it calls `run_due` (with a clock of its own).
    """

    def __init__(
        self,
        name: str = "deadline-watchdog",
        *,
        clock: Callable[[], float] = time.monotonic,
        threaded: bool = True,
    ) -> None:
        self.clock = clock
        self._name = name
        self._threaded = threaded
        self.forget()

    def forget(self) -> None:
        """Start over with no alarm and no thread: what a forked child must do first."""
        # Entered as `with self._lock`, never as `with self._changed`: a Condition's __enter__ is
        # Python, and an asynchronous exception that lands inside it leaves the lock taken.
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._alarms: set[Alarm] = set()
        self._waiting_until = -math.inf
        self._thread: threading.Thread | None = None

    def at(self, when: float, action: Callable[[], None]) -> Alarm:
        """Run `action` once at `when` from the watchdog's thread; it must not block.

        Raises:
            RuntimeError: The operating system has no thread left for the watchdog.
        """
        alarm = Alarm(when, action)
        with self._lock:
            if self._threaded and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self._watch, name=self._name, daemon=True)
                self._thread.start()
            self._alarms.add(alarm)
            if when < self._waiting_until:
                self._changed.notify()
        return alarm

    def drop(self, alarm: Alarm) -> None:
        """Take an alarm back. One already due may be running now, and will not be waited for."""
        with self._lock:
            self._alarms.discard(alarm)

    def run_due(self) -> None:
        """Run every alarm whose time has come, earliest first, each outside the lock."""
        now = self.clock()
        with self._lock:
            due = sorted((a for a in self._alarms if a.when <= now), key=lambda a: a.when)
            self._alarms.difference_update(due)
        for alarm in due:
            try:
                alarm.action()
            except Exception:
                logger.exception("An alarm of the watchdog failed; the others go on.")

    def _watch(self) -> None:
        while True:
            self.run_due()
            with self._lock:
                self._waiting_until = min((a.when for a in self._alarms), default=math.inf)
                pause = self._waiting_until - self.clock()
                # A lock wait takes at most TIMEOUT_MAX seconds, so it is no timeout for ever.
                self._changed.wait(min(max(pause, 0.0), threading.TIMEOUT_MAX))
                self._waiting_until = -math.inf


#: The one every Deadline and every middleware of this process uses.
watchdog = Watchdog()
os.register_at_fork(after_in_child=watchdog.forget)
