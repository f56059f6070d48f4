"""The queue between a worker's consumers and its threads, without a lock to line up at.

Dramatiq's is a `queue.PriorityQueue`, whose mutex makes a convoy with the interpreter's lock: once
a thread loses the interpreter while it holds the mutex, all the others line up there, and from then
on every message costs a switch of threads. Eight threads then get through half of what they can.
This one has the same order and the same methods, on containers whose operations are atomic
(docs/adr/0060).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from queue import Empty, PriorityQueue
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from .waiters import Waiters

if TYPE_CHECKING:
    from dramatiq import Worker

LOOK_SECONDS = 0.005


class _Prioritized(Protocol):
    @property
    def priority(self) -> int: ...


# Since Dramatiq 2.2 an object with a priority, before that a tuple that begins with it.
Item: TypeAlias = "_Prioritized | tuple[int, object]"


class WorkQueue:
    """Items by priority, and first in, first out within one. Safe to use from any thread.

    The methods are those of `queue.Queue` that Dramatiq uses.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lanes: dict[int, deque[Item]] = {}
        self._waiters = Waiters()
        self._unfinished: deque[None] = deque()

    @property
    def unfinished_tasks(self) -> int:
        """How many items were put in and are not done."""
        return len(self._unfinished)

    def qsize(self) -> int:
        """Return how many items there are."""
        return sum(len(lane) for lane in self._lanes.values())

    def put(self, item: Item) -> None:
        """Add an item."""
        priority = item[0] if isinstance(item, tuple) else item.priority
        lane = self._lanes.get(priority)
        if lane is None:
            lane = self._new_lane(priority)
        self._unfinished.append(None)
        lane.append(item)
        self._waiters.ring()

    def get(
        self,
        block: bool = True,  # noqa: FBT001, FBT002 (as queue.Queue has it)
        timeout: float | None = None,
    ) -> Item:
        """Take the item that is first.

        Raises:
            queue.Empty: There was none, or none for `timeout` seconds.
        """
        try:
            return self._first()
        except Empty:
            if not block:
                raise
        return self._waiters.wait_for(self._first, timeout)

    def get_nowait(self) -> Item:
        """Take the item that is first.

        Raises:
            queue.Empty: There is none.
        """
        return self.get(block=False)

    def task_done(self) -> None:
        """Note that an item that was taken out is done.

        Raises:
            ValueError: More are done than were put in.
        """
        try:
            self._unfinished.pop()
        except IndexError:
            raise ValueError("task_done() called too many times") from None

    def join(self) -> None:
        """Wait until all that was put in is done."""
        while self._unfinished:
            time.sleep(LOOK_SECONDS)

    def _first(self) -> Item:
        for lane in self._lanes.values():
            try:
                return lane.popleft()
            except IndexError:
                continue
        raise Empty

    def _new_lane(self, priority: int) -> deque[Item]:
        with self._lock:
            if priority not in self._lanes:
                lanes = {**self._lanes, priority: deque()}
                self._lanes = {each: lanes[each] for each in sorted(lanes)}
            return self._lanes[priority]


def give_to(worker: Worker) -> None:
    """Let a worker that is about to start its threads use one instead of its own.

    A worker whose queue is not the one we know keeps it.
    """
    if type(worker.work_queue) is PriorityQueue and worker.work_queue.empty():
        cast("Any", worker).work_queue = WorkQueue()
