"""Where claimed messages wait for the consumers of their queues."""

from __future__ import annotations

import threading
from collections import Counter, deque
from queue import Empty
from typing import TYPE_CHECKING

from .waiters import Waiters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .claimed import ClaimedMessage


class Inbox:
    """Claimed messages of one queue, first in, first out. Safe to use from any thread."""

    def __init__(self) -> None:
        self._messages: deque[ClaimedMessage] = deque()
        self._waiters = Waiters()

    def put(self, message: ClaimedMessage) -> None:
        """Add a message."""
        self._messages.append(message)
        self._waiters.ring()

    def get(self, timeout: float) -> ClaimedMessage:
        """Take the first message.

        Args:
            timeout: Seconds to wait for one.

        Raises:
            queue.Empty: There was none.
        """
        try:
            return self.get_nowait()
        except Empty:
            return self._waiters.wait_for(self.get_nowait, timeout)

    def get_nowait(self) -> ClaimedMessage:
        """Take the first message.

        Raises:
            queue.Empty: There is none.
        """
        try:
            return self._messages.popleft()
        except IndexError:
            raise Empty from None


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
            return None if self._consumers[queue] else _taken_out_of(self._inboxes[queue])

    def put(self, messages: Iterable[ClaimedMessage]) -> list[ClaimedMessage]:
        """Deliver messages; return those whose queues have no consumer any more."""
        unwanted = []
        with self._lock:
            for message in messages:
                if self._consumers[message.queue] > 0:
                    self._inboxes[message.queue].put(message)
                else:
                    unwanted.append(message)
        return unwanted

    def take_all(self) -> list[ClaimedMessage]:
        """Take out whatever no consumer has taken yet."""
        with self._lock:
            return [m for inbox in self._inboxes.values() for m in _taken_out_of(inbox)]


def _taken_out_of(inbox: Inbox) -> list[ClaimedMessage]:
    messages = []
    while True:
        try:
            messages.append(inbox.get_nowait())
        except Empty:
            return messages
