"""Threads that wait until there is something to take, without a lock to line up at.

Not `queue.SimpleQueue`: before Python 3.13 a thread that waits there with a timeout, and is woken
but finds that another thread was faster, waits for ever if its time is up by then: what is left of
it is negative, which means without end (docs/adr/0060).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from queue import Empty
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Waiters:
    """Who waits, each with a bell of its own. Safe to use from any thread."""

    def __init__(self) -> None:
        self._bells: deque[threading.Lock] = deque()

    def ring(self) -> None:
        """Have one thread look again; to be called after there is something more to take."""
        if self._bells:
            with suppress(IndexError):  # whoever waited has left
                self._bells.popleft().release()

    def wait_for(self, look: Callable[[], T], timeout: float | None) -> T:
        """Look again and again, whenever there may be something.

        Args:
            look: Takes and returns what there is, or raises queue.Empty.
            timeout: Seconds to go on; None: for ever.

        Raises:
            queue.Empty: There was nothing in time.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            bell = threading.Lock()
            bell.acquire()
            rung = False
            # In this order: who puts does it the other way round, so that one sees the other.
            self._bells.append(bell)
            try:
                with suppress(Empty):
                    return look()
                left = -1 if deadline is None else max(0.0, deadline - time.monotonic())
                rung = bell.acquire(timeout=left)
            finally:
                if not rung:
                    self._leave(bell)
            if not rung:
                raise Empty

    def _leave(self, bell: threading.Lock) -> None:
        try:
            self._bells.remove(bell)
        except ValueError:
            # It was rung meanwhile, for something we did not take: another has to look.
            self.ring()
