"""A cancel handle for one blocked call: run at most once, and never after the call was left."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from scout_workers.deadline.watchdog import Alarm, Watchdog

logger = logging.getLogger(__name__)


class Cutoff:
    """One registered cancel handle and the lock that keeps it inside its block."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel
        self._lock = threading.Lock()
        self._left = False
        self._fired = False
        self._alarm: Alarm | None = None
        self._clock: Watchdog | None = None

    def arm(self, clock: Watchdog, when: float) -> None:
        """Run the handle at `when`, unless its block has been left by then."""
        self._clock = clock
        self._alarm = clock.at(when, self.fire)

    def leave(self) -> bool:
        """End the block: waits for a handle that is running, and says whether it ever ran."""
        if self._clock is not None and self._alarm is not None:
            self._clock.drop(self._alarm)
        with self._lock:
            self._left = True
        return self._fired

    def fire(self) -> None:
        """Run the handle now, unless its block has been left or it ran already."""
        # Each handle in a thread of its own: many calls blocked on one dead server reach their
        # limit together, and a handle that talks to that server must not delay the others.
        try:
            threading.Thread(target=self._run, name="deadline-cancel", daemon=True).start()
        except RuntimeError:
            logger.warning("No thread left for a cancel handle: the watchdog runs it itself.")
            self._run()

    def _run(self) -> None:
        with self._lock:
            if self._left or self._fired:
                return
            self._fired = True
            try:
                self._cancel()
            except Exception:
                logger.exception("A cancel handle failed; its call may stay blocked.")
