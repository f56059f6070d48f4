"""What becomes of a message before it is a row: checked, announced to middleware, encoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dramatiq import Middleware
from dramatiq.common import current_millis
from dramatiq.errors import QueueNotFound

from .claimed import ClaimedMessage
from .row import NewRow, new_row

if TYPE_CHECKING:
    from dramatiq import Broker, Message


class Intake:
    """Takes in the messages of a broker.

    Args:
        broker: Whose queues, actors and middleware they are.
        cap: The largest encoded message accepted, in bytes.
    """

    def __init__(self, broker: Broker, cap: int) -> None:
        self._broker = broker
        self._cap = cap

    def announced(
        self, message: Message[Any], delay: int | None, *, heard: bool = True
    ) -> Message[Any]:
        """Return the message as it will be enqueued; middleware have heard of it.

        Args:
            message: The message.
            delay: Milliseconds to wait before it may be claimed.
            heard: Whether any middleware listens, see `listens`.

        Raises:
            QueueNotFound: The queue was never declared.
        """
        if message.queue_name not in self._broker.queues:
            raise QueueNotFound(message.queue_name)  # type: ignore[no-untyped-call]  # Dramatiq
        if isinstance(message, ClaimedMessage):
            message = message.copy()
        if delay is not None:
            message = message.copy(options={"eta": current_millis() + delay})
        if heard:
            self._broker.emit_before("enqueue", message, delay)
        return message

    def row(self, message: Message[Any], delay: int | None) -> NewRow:
        """Encode a message; raises as `new_row` does."""
        actor = self._broker.actors.get(message.actor_name)
        priority = 0 if actor is None else actor.priority
        return new_row(message, priority=priority, delay=delay, cap=self._cap)

    def listens(self, hook: str) -> bool:
        """Tell whether any middleware has its own hook in place of Dramatiq's, which is empty.

        To call half a dozen empty hooks before and after is a fifth of what a message of a batch
        costs.
        """
        empty = getattr(Middleware, hook)
        hooks = [getattr(each, hook) for each in self._broker.middleware]
        return any(getattr(each, "__func__", None) is not empty for each in hooks)
