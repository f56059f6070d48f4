"""Dramatiq's view of one queue: hands over what the claimer brought, takes back outcomes."""

from __future__ import annotations

import logging
from queue import Empty
from typing import TYPE_CHECKING

from dramatiq.broker import Consumer, MessageProxy

from .claimed import ClaimedMessage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .engine import Engine
    from .inboxes import Inbox

logger = logging.getLogger(__name__)


class PostgresConsumer(Consumer):
    """Consumes one queue until it is closed.

    Dramatiq replaces a consumer after any error and acknowledges old messages through the new one,
    so it keeps nothing of its own: leases live on the messages, counts in the engine.

    Args:
        engine: What claims for it.
        queue: The queue's name.
        timeout: Seconds an idle consumer waits before it returns None.
        most: The most messages of the queue this process is to hold, if it has a wish.
    """

    def __init__(
        self, engine: Engine, queue: str, *, timeout: float, most: int | None = None
    ) -> None:
        self._engine = engine
        self._queue = queue
        self._inbox: Inbox = engine.serve(queue, most)
        self._timeout = timeout
        self._open = True

    def __next__(self) -> MessageProxy | None:
        """Return the next claimed message, or None if there was none for a while."""
        try:
            message = self._inbox.get(timeout=self._timeout)
        except Empty:
            return None
        try:
            message.open()
        except Exception as error:  # noqa: BLE001 (whatever a decoder raises: the message is dead)
            self._engine.refuse(message, error)
            return None
        return message

    def ack(self, message: MessageProxy) -> None:
        """Settle a message as its outcome says: done, or to be delivered again."""
        # Aborted before a thread began with it, it is dead already.
        if (claimed := _ours(message)) is not None and not claimed.outcome.dead:
            self._engine.settle(claimed)

    def nack(self, message: MessageProxy) -> None:
        """Settle a message as dead, once a worker's middleware have heard of it."""
        if (claimed := _ours(message)) is not None:
            claimed.outcome.dead = True
            if not claimed.outcome.unheard:
                self._engine.settle(claimed)

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Give back messages nobody began."""
        self._engine.release([ours for m in messages if (ours := _ours(m)) is not None])

    def close(self) -> None:
        """Stop consuming; what has been claimed for it and not taken is given back."""
        if self._open:
            self._open = False
            self._engine.leave(self._queue)


def _ours(message: MessageProxy) -> ClaimedMessage | None:
    if isinstance(message, ClaimedMessage):
        return message
    # As with Dramatiq's own brokers: nothing to settle, and no reason for a thread to die.
    logger.warning("%s did not come from this broker: it is not settled", message)
    return None
