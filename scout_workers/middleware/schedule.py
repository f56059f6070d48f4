"""Does something now and then in a thread of a worker process, as to look at the clock."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Protocol

from dramatiq import Middleware

if TYPE_CHECKING:
    from dramatiq import Broker, Worker

logger = logging.getLogger(__name__)

STOP_SECONDS = 10.0


class Clock(Protocol):
    """What looks at the clock, or does something else now and then, until told to stop."""

    def run(self) -> None:
        """Go on until stopped."""
        ...

    def stop(self) -> None:
        """Have it end soon."""
        ...


class Schedule(Middleware):
    """Ties what is done now and then to the life of a worker process.

    Args:
        clock: Looks and sends; None: this process does not.
        name: Of the thread.
    """

    def __init__(self, clock: Clock | None = None, *, name: str = "schedule-clock") -> None:
        self._clock = clock
        self._name = name
        self._thread: threading.Thread | None = None

    def after_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Begin to look."""
        if self._clock is not None:
            self._thread = threading.Thread(target=self._clock.run, name=self._name, daemon=True)
            self._thread.start()

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Look no more: a process on its way out begins nothing."""
        if self._clock is not None:
            self._clock.stop()

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Wait for a look that was under way, before its connections are closed."""
        if self._thread is None:
            return
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            logger.error("thread %s did not stop within %g s", self._thread.name, STOP_SECONDS)
