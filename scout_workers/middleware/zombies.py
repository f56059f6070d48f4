"""Counts the worker threads that nothing frees, and says when they are too many."""

from __future__ import annotations

import gc
import logging
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from scout_workers.deadline import watchdog

if TYPE_CHECKING:
    from types import FrameType

    from dramatiq import Worker

    from scout_workers.middleware.departure import Departure
    from scout_workers.middleware.execution import Execution

logger = logging.getLogger(__name__)


class Zombies:
    """Threads whose message is past every limit and that have not come back.

    Their messages are others' by then; what is lost is the thread. A few are borne, for a process
    that drains takes its healthy work along.

    Args:
        departure: Asked to end the process when there are more than `allowed`, or when one
            appears while the process is draining already, since nothing else would end that.
        allowed: How many are borne.
    """

    def __init__(self, departure: Departure, *, allowed: int = 3) -> None:
        self._departure = departure
        self._allowed = allowed
        self._lock = threading.Lock()
        self._stuck: dict[Execution, float] = {}

    def __len__(self) -> int:
        return len(self._stuck)

    def add(self, execution: Execution) -> bool:
        """Count a thread that should have come back; its stack is logged. False if it just did."""
        with self._lock:
            if not execution.running:
                return False
            self._stuck[execution] = watchdog.clock()
            count = len(self._stuck)
        logger.error(
            "%s is stuck: its thread %s does not come back, and is given up (%d so far):\n%s",
            execution.title,
            execution.thread.name,
            count,
            _stack(execution.thread),
        )
        if count > self._allowed or self._departure.draining:
            self._departure.request(f"{count} worker threads are stuck and will not come back")
        return True

    def remove(self, execution: Execution) -> None:
        """Uncount a thread that came back after all."""
        with self._lock:
            since = self._stuck.pop(execution, None)
        if since is not None:
            late = watchdog.clock() - since
            logger.warning("%s came back %.1f s after it was given up.", execution.title, late)

    def leave_behind(self, worker: Worker) -> None:
        """Take the stuck threads off the list the worker joins, or its shutdown waits for them."""
        with self._lock:
            stuck = {execution.thread for execution in self._stuck}
        worker.workers[:] = [thread for thread in worker.workers if thread not in stuck]


def frame_of(thread: threading.Thread) -> FrameType | None:
    """Return where a thread is; None if it has ended.

    Python 3.11 lists the frames under a lock of the interpreter. Is garbage collected meanwhile,
    and a `threading.local` part of it, its end waits for that same lock: for ever, and every
    thread with it (github.com/python/cpython/issues/106883). So nothing is collected meanwhile.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return sys._current_frames().get(thread.ident or 0)  # noqa: SLF001  the documented way
    finally:
        if collecting:
            gc.enable()


def _stack(thread: threading.Thread) -> str:
    frame = frame_of(thread)
    return "".join(traceback.format_stack(frame)) if frame else "(it has just ended)"
