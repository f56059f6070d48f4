"""Notices worker and consumer threads that died, which Dramatiq does not."""

from __future__ import annotations

import logging
import threading
from itertools import chain
from typing import TYPE_CHECKING

from dramatiq import Middleware

from scout_workers.deadline import watchdog

if TYPE_CHECKING:
    from dramatiq import Broker, Worker

    from scout_workers.deadline import Alarm
    from scout_workers.middleware.departure import Departure

logger = logging.getLogger(__name__)


class ThreadWatch(Middleware):
    """Looks every few seconds whether all threads of the worker live, and departs if one does not.

    A dead worker thread is lost capacity, and its message is held for ever by the heartbeat of the
    process it no longer belongs to; a dead consumer thread is a queue nobody serves. Neither is
    ever replaced by Dramatiq, so the process is.

    Args:
        departure: Asked to end the process.
        every_seconds: How often to look.

    Attributes:
        dead: Names of the threads found dead.
    """

    def __init__(self, departure: Departure, *, every_seconds: float = 5.0) -> None:
        self._departure = departure
        self._every_seconds = every_seconds
        self._worker: Worker | None = None
        self._alarm: Alarm | None = None
        self.dead: list[str] = []

    def after_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Begin to watch."""
        self._worker = worker
        self._look_later()

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Stop watching: from here on threads end as they should."""
        self._worker = None
        if self._alarm is not None:
            watchdog.drop(self._alarm)

    def look(self, worker: Worker) -> None:
        """Look once; a thread that died is named in the log, and the departure asked for."""
        # A thread is listed by threading from its start to its end. is_alive() is False for a
        # moment at the start too, which for a queue declared late would look like a death.
        living = set(threading.enumerate())
        self.dead = [
            thread.name
            for thread in chain(list(worker.workers), list(worker.consumers.values()))
            if thread.ident is not None and thread not in living
        ]
        if self.dead:
            logger.critical("Threads of this worker died: %s.", ", ".join(self.dead))
            self._departure.request(f"{len(self.dead)} of its threads died")

    def _look_later(self) -> None:
        self._alarm = watchdog.at(watchdog.clock() + self._every_seconds, self._look_now)

    def _look_now(self) -> None:
        worker = self._worker
        if worker is not None:
            self.look(worker)
            if not self.dead:
                self._look_later()
