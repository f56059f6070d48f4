"""Looks at the clock again and again, until told to stop."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from scout_workers.store import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

AFTER_ERROR_SECONDS = 5.0
QUIET_SECONDS = 60.0


class Loop:
    """Calls `run_once` until stopped, sleeping as long as it says; no error ends it.

    Args:
        run_once: Looks once, and returns the seconds until the next look.
    """

    def __init__(self, run_once: Callable[[], float]) -> None:
        self._run_once = run_once
        self._stopping = threading.Event()
        self._complained_at = -QUIET_SECONDS

    def run(self) -> None:
        """Go on until stopped, in the calling thread."""
        while not self._stopping.is_set():
            try:
                wait = self._run_once()
            except Exception as error:  # noqa: BLE001 (said aloud below; the clock goes on)
                wait = AFTER_ERROR_SECONDS
                self._complain(error)
            self._stopping.wait(wait)

    def stop(self) -> None:
        """Have it end after the look it is in; from any thread, or a signal's handler."""
        self._stopping.set()

    def _complain(self, error: Exception) -> None:
        now = time.monotonic()
        if now - self._complained_at < QUIET_SECONDS:
            return
        self._complained_at = now
        if isinstance(error, StoreUnavailableError):
            logger.warning("%s waits: %s", threading.current_thread().name, error)
        else:
            logger.error("a look failed; it goes on", exc_info=error)
