"""Has a worker process leave because somebody said so in the database, with nothing cut short."""

from __future__ import annotations

import logging
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

from dramatiq import Middleware

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from dramatiq import Broker, Worker

    Handler = Callable[[int, FrameType | None], Any]

logger = logging.getLogger(__name__)


class Drain(Middleware):
    """Lets the stock command's worker process leave as on SIGTERM: it finishes and exits 0.

    The broker tells with a heartbeat that somebody asked for it (`drain_asked`). The process then
    signals itself, since that is all the command listens to. To a second signal it answers by
    leaving at once, and what runs is lost to others, who run it again; and a second one comes: as
    soon as one worker process has left, the command's main process signals the others, which may
    have been asked to drain like it. So a process that drains overlooks one.
    """

    def __init__(self) -> None:
        self._handlers: dict[int, Handler] = {}
        self._asked = False  # our own signal is on its way
        self._leaving = False
        self._overlooks = False

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Hear of it, where the broker tells and the command can be told."""
        listeners = getattr(broker, "drain_asked", None)
        if listeners is not None and self._wrap() and self.begin not in listeners:
            listeners.append(self.begin)

    def begin(self) -> None:
        """Begin to leave; from any thread, and once however often it is called."""
        if self._leaving or self._asked:
            return
        logger.info("This worker is asked to leave: it finishes what it has and takes nothing new.")
        self._asked = True
        os.kill(os.getpid(), signal.SIGTERM)

    def _wrap(self) -> bool:
        """Put ourselves before the command's handlers; whether it has any."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                handler = signal.getsignal(number)
                if callable(handler) and handler != self._heard:
                    self._handlers[number] = handler
                    signal.signal(number, self._heard)
        return signal.SIGTERM in self._handlers

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            self._asked = False
            if self._leaving:
                return  # it was told to stop in the same moment
            self._overlooks = True
        elif self._overlooks:
            self._overlooks = False
            logger.info("This worker is leaving already: one signal to stop is overlooked.")
            return
        self._leaving = True
        self._handlers[number](number, frame)
