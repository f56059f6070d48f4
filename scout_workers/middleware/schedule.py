"""Does things now and then in threads of a worker process, as to look at the clock."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Protocol

from dramatiq import Middleware

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        clocks: What looks and sends, by the name of its thread; None: this process does not.
    """

    def __init__(self, clocks: Mapping[str, Clock | None]) -> None:
        self._clocks = {name: clock for name, clock in clocks.items() if clock is not None}
        self._threads: list[threading.Thread] = []

    def after_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Begin to look."""
        for name, clock in self._clocks.items():
            thread = threading.Thread(target=clock.run, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Look no more: a process on its way out begins nothing."""
        for clock in self._clocks.values():
            clock.stop()

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Wait for a look that was under way, before its connections are closed."""
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                logger.error("thread %s did not stop within %g s", thread.name, STOP_SECONDS)
