"""From what was enqueued to a message that a Dramatiq worker can be handed."""

from __future__ import annotations

import logging
from typing import Any

from dramatiq import Message

logger = logging.getLogger(__name__)


def decoded(payload: bytes, queue: str) -> Message[Any]:
    """Decode a message and make it due now, on the queue it was claimed from.

    A consumer only knows its own queue, and a message parked in a worker's memory would not
    survive it: the row's queue counts, and its time has come.

    Raises:
        Exception: Whatever the decoder raises.
    """
    message: Message[Any] = Message.decode(payload)
    eta = message.options.pop("eta", None)
    if eta is not None and not isinstance(eta, int | float):
        logger.warning(
            "Invalid eta value for message %r: %r. It is due now.", message.message_id, eta
        )
    return message if message.queue_name == queue else message.copy(queue_name=queue)
