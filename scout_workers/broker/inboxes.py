"""Where claimed messages wait for the consumers of their queues."""

from __future__ import annotations

import threading
from collections import Counter
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .claimed import ClaimedMessage

Inbox: TypeAlias = "SimpleQueue[ClaimedMessage]"


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
            return self._inboxes.setdefault(queue, SimpleQueue())

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
