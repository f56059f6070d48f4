"""From a claimed row to a message that a Dramatiq worker can be handed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dramatiq import Message

from .claimed import ClaimedMessage, Lease

if TYPE_CHECKING:
    from uuid import UUID


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed message, its priority, and what makes it unreadable, if anything does."""

    message: ClaimedMessage
    priority: int
    error: Exception | None


def read(row: tuple[Any, ...], owner: UUID) -> Delivery:
    """Read one row of a claim: id, attempt, queue, priority, seq, rescues, payload."""
    id_, attempt, queue, priority, seq, rescues, payload = row
    error: Exception | None = None
    try:
        message = _decoded(payload, queue)
    except Exception as unreadable:  # noqa: BLE001 (whatever a decoder raises: the message is dead)
        message = Message(queue, "", (), {}, {})
        error = unreadable
    claimed = ClaimedMessage(
        message, lease=Lease(id_, attempt, owner), queue=queue, seq=seq, rescues=rescues
    )
    return Delivery(claimed, priority, error)


def _decoded(payload: bytes, queue: str) -> Message[Any]:
    message: Message[Any] = Message.decode(payload)
    # A consumer only knows its own queue, and a message parked in a worker's memory would not
    # survive it: the row's queue counts, and its time has come.
    eta = message.options.pop("eta", None)
    if not isinstance(eta, int | float | None):
        logger.warning(
            "Invalid eta value for message %r: %r. It is due now.", message.message_id, eta
        )
    return message if message.queue_name == queue else message.copy(queue_name=queue)
