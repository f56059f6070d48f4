"""Ends a worker process that can no longer do its work: in order, and with an exit code."""

from __future__ import annotations

import logging
import os
import signal
import threading
from typing import TYPE_CHECKING

from dramatiq import Middleware

from scout_workers.deadline import watchdog

if TYPE_CHECKING:
    from dramatiq import Broker, Worker

logger = logging.getLogger(__name__)

#: What a worker process exits with when it gives itself up: EX_SOFTWARE of sysexits.h, which no
#: exit of the `dramatiq` command itself uses.
GIVEN_UP = 70


class Departure(Middleware):
    """Lets the process finish what is healthy and leave, for its supervisor to start it anew.

    A worker process of the stock command stops on SIGTERM only, and then exits 0. So a departure
    sends itself that signal, and at the very end of the shutdown, after every other middleware
    (this one must be the outermost), closes the broker and exits `GIVEN_UP`; the command's main
    process passes the code on. A shutdown that does not end in `drain_seconds` is cut off.

    Args:
        drain_seconds: How long running messages may take to finish.

    Attributes:
        reason: Why the process was given up; None while it is not.
        draining: Whether it is on its way out, given up or told to stop.
    """

    def __init__(self, *, drain_seconds: float = 180.0) -> None:
        self._drain_seconds = drain_seconds
        self._lock = threading.Lock()
        self.reason: str | None = None
        self.draining = False

    def request(self, reason: str) -> None:
        """Begin to leave; from any thread, and only the first request counts.

        Args:
            reason: A clause for the log: what can no longer be done.
        """
        with self._lock:
            if self.reason is not None:
                return
            self.reason = reason
        logger.critical(
            "This worker process gives itself up: %s. It finishes what is healthy within %g s "
            "and exits with code %d.",
            reason,
            self._drain_seconds,
            GIVEN_UP,
        )
        watchdog.at(watchdog.clock() + self._drain_seconds, self._cut_off)
        # A second signal would make the command exit at once and drop what is running.
        if not self.draining:
            os.kill(os.getpid(), signal.SIGTERM)

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Note that the process is leaving, whoever asked for it."""
        self.draining = True

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """End the process with its exit code, if it was given up.

        Raises:
            SystemExit: It was. Every other middleware has been called by now.
        """
        if self.reason is None:
            return
        try:
            broker.close()
        except Exception:
            logger.exception("The broker could not be closed.")
        raise SystemExit(GIVEN_UP)

    def _cut_off(self) -> None:
        logger.critical("The shutdown did not end in %g s: leaving now.", self._drain_seconds)
        os._exit(GIVEN_UP)
