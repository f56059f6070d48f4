"""A dead message's next life: the same message, without the scars of the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dramatiq import Message
from dramatiq.errors import DecodeError

from .row import NewRow

if TYPE_CHECKING:
    from collections.abc import Iterable

# What a life leaves in a message's options, and the next one must not begin with.
SCARS = (
    "deferrals",
    "deferred_for",
    "deferred_since",
    "requeue_timestamp",
    "retries",
    "traceback",
)
# How often a message was given another life: who comes back again and again is no accident.
REVIVALS = "revivals"


def reborn(rows: Iterable[tuple[str, str, str, int, bytes]]) -> list[NewRow]:
    """Return dead messages (id, queue, actor, priority, payload) as new ones."""
    return [
        NewRow(
            message_id=message_id,
            dedup_key=None,
            queue=queue,
            actor=actor,
            priority=priority,
            delay_ms=0,
            payload=_healed(payload),
        )
        for message_id, queue, actor, priority, payload in rows
    ]


def _healed(payload: bytes) -> bytes:
    try:
        message: Message[Any] = Message.decode(payload)
    except DecodeError:
        return payload  # it died of that; perhaps a newer release can read it
    for scar in SCARS:
        message.options.pop(scar, None)
    lives = message.options.get(REVIVALS, 0)
    message.options[REVIVALS] = lives + 1 if isinstance(lives, int) else 1
    return message.encode()
