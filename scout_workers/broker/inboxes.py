"""Where claimed messages wait for the consumers of their queues."""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .claimed import ClaimedMessage


class Inbox:
    """The claimed messages of one queue, in order of priority; handed over a few at a time.

    What waits here, and not in a worker's own queue, can be given back to other workers. Safe to
    use from any thread.

    Attributes:
        ahead: How many messages a worker may be handed that no thread has begun.
    """

    def __init__(self) -> None:
        self.ahead = 1
        self._lanes: dict[int, deque[ClaimedMessage]] = {}
        self._handed: set[int] = set()  # leases in a worker's hands that no thread has begun
        self._full = False
        self._changed = threading.Event()

    def put(self, messages: Iterable[ClaimedMessage]) -> None:
        """Add messages of one claim, in order."""
        for message in messages:
            lane = self._lanes.get(message.priority)
            if lane is None:
                lane = deque()
                lanes = {**self._lanes, message.priority: lane}
                self._lanes = {priority: lanes[priority] for priority in sorted(lanes)}
            lane.append(message)
        self._changed.set()

    def get(self, timeout: float) -> ClaimedMessage | None:
        """Take the first message, or None if there was none to be taken for `timeout` seconds."""
        message = self._first()
        if message is None:
            self._changed.clear()
            # Whoever changed anything before the line above has done so before this one.
            message = self._first()
            if message is None and self._changed.wait(timeout):
                message = self._first()
        return message

    def begun(self, message: ClaimedMessage) -> None:
        """Note that a handed message is no longer waiting for a thread."""
        self._handed.discard(message.lease.id)
        if self._full and len(self._handed) <= self.ahead // 2:
            self._full = False
            self._changed.set()

    def take_back(self, count: int | None = None) -> list[ClaimedMessage]:
        """Take out what nobody was handed: the last `count` of it, or all."""
        taken: list[ClaimedMessage] = []
        for lane in reversed(self._lanes.values()):
            try:
                while count is None or len(taken) < count:
                    taken.append(lane.pop())
            except IndexError:
                continue
        return taken

    def _first(self) -> ClaimedMessage | None:
        if len(self._handed) >= self.ahead:
            self._full = True
            return None
        for lane in self._lanes.values():
            try:
                message = lane.popleft()
            except IndexError:
                continue
            self._handed.add(message.lease.id)
            return message
        return None


class Inboxes:
    """One inbox a queue, shared by its consumers. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inboxes: dict[str, Inbox] = {}
        self._consumers: Counter[str] = Counter()

    def open(self, queue: str) -> Inbox:
        """Return a queue's inbox for one more consumer."""
        with self._lock:
            self._consumers[queue] += 1
            return self._inboxes.setdefault(queue, Inbox())

    def close(self, queue: str) -> list[ClaimedMessage] | None:
        """Take a consumer away; return what the last one leaves behind, None: others remain."""
        with self._lock:
            self._consumers[queue] -= 1
            return None if self._consumers[queue] else self._inboxes[queue].take_back()

    def put(self, messages: Sequence[ClaimedMessage]) -> list[ClaimedMessage]:
        """Deliver messages; return those whose queues have no consumer any more."""
        by_queue: dict[str, list[ClaimedMessage]] = {}
        for message in messages:
            by_queue.setdefault(message.queue, []).append(message)
        unwanted: list[ClaimedMessage] = []
        with self._lock:
            for queue, mine in by_queue.items():
                if self._consumers[queue] > 0:
                    self._inboxes[queue].put(mine)
                else:
                    unwanted += mine
        return unwanted

    def pace(self, ahead: Mapping[str, int]) -> None:
        """Tell how many messages of each queue a worker may be handed ahead of its threads."""
        with self._lock:
            for queue, inbox in self._inboxes.items():
                inbox.ahead = ahead[queue]

    def begun(self, message: ClaimedMessage) -> None:
        """Note that a message is no longer waiting for a thread of the worker it was handed to."""
        self._inboxes[message.queue].begun(message)

    def take_back(self, queue: str, count: int) -> list[ClaimedMessage]:
        """Take out the last messages of a queue that no worker was handed, `count` at most."""
        with self._lock:
            return self._inboxes[queue].take_back(count)

    def take_all(self) -> list[ClaimedMessage]:
        """Take out whatever no consumer has taken yet."""
        with self._lock:
            return [m for inbox in self._inboxes.values() for m in inbox.take_back()]
