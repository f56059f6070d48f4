"""Named background threads that cannot die of an error and say so when they will not stop."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from .errors import BrokerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

QUIET_SECONDS = 5.0


class Background:
    """Calls `run_once` until stopped, waiting as long as it says, or until woken.

    Args:
        name: The thread's name.
        run_once: Does one round and returns the seconds until the next; None: only when woken.
        after_error: Seconds until the next round after one that raised.
    """

    def __init__(
        self, name: str, run_once: Callable[[], float | None], *, after_error: float = 0.5
    ) -> None:
        self._run_once = run_once
        self._after_error = after_error
        self._event = threading.Event()
        self._stopping = False
        self._last_complaint = -QUIET_SECONDS
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Begin the next round now."""
        if not self._event.is_set():  # much cheaper than to set it again, and called often
            self._event.set()

    def stop(self) -> None:
        """Ask the thread to leave after the round it is in."""
        self._stopping = True
        self._event.set()

    def join(self, timeout: float) -> bool:
        """Wait for the thread to leave; log it and return False if it does not."""
        if self._thread.ident is None:
            return True  # stopped before it was started: it will leave as soon as it is
        self._thread.join(timeout)
        if self._thread.is_alive():
            logger.error("thread %s did not stop within %.1f s", self._thread.name, timeout)
            return False
        return True

    def _run(self) -> None:
        while not self._stopping:
            try:
                wait = self._run_once()
            except Exception as error:  # noqa: BLE001 (said aloud below; a loop must not die)
                wait = self._after_error
                self._complain(error)
            self._event.wait(wait)
            self._event.clear()

    def _complain(self, error: Exception) -> None:
        now = time.monotonic()
        if now - self._last_complaint < QUIET_SECONDS:
            return
        self._last_complaint = now
        if isinstance(error, BrokerUnavailableError):
            logger.warning("%s: Postgres is unavailable: %s", self._thread.name, error)
        else:
            logger.error("%s failed; it goes on", self._thread.name, exc_info=error)
