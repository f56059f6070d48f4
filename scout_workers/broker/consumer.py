"""Dramatiq's view of one queue: hands over what the claimer brought, takes back outcomes."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from dramatiq.broker import Consumer, MessageProxy

from .claimed import ClaimedMessage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .engine import Engine


class PostgresConsumer(Consumer):
    """Consumes one queue.

    Dramatiq replaces a consumer after any error and acknowledges old messages through the new one,
    so it keeps nothing of its own: leases live on the messages, counts in the engine.
    """

    def __init__(
        self, engine: Engine, inbox: SimpleQueue[ClaimedMessage], *, timeout: float
    ) -> None:
        self._engine = engine
        self._inbox = inbox
        self._timeout = timeout

    def __next__(self) -> MessageProxy | None:
        """Return the next claimed message, or None if there was none for a while."""
        try:
            return self._inbox.get(timeout=self._timeout)
        except Empty:
            return None

    def ack(self, message: MessageProxy) -> None:
        """Settle a message as its outcome says: done, or to be delivered again."""
        self._engine.settle(_ours(message))

    def nack(self, message: MessageProxy) -> None:
        """Settle a message as dead, once a worker's middleware have heard of it."""
        claimed = _ours(message)
        claimed.outcome.dead = True
        if not claimed.outcome.unheard:
            self._engine.settle(claimed)

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Give back messages nobody began."""
        self._engine.release([_ours(message) for message in messages])


def _ours(message: MessageProxy) -> ClaimedMessage:
    assert isinstance(message, ClaimedMessage)
    return message
