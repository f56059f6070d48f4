"""A message on its way into the table."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from dramatiq import Message, get_encoder
from dramatiq.common import current_millis

from .errors import MessageTooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterable


_FIELDS = tuple(field.name for field in fields(Message))
_values = attrgetter(*_FIELDS)


class NewRow(NamedTuple):
    """The columns of a message to be written; `delay_ms` counts from the database's now."""

    message_id: str
    dedup_key: str | None
    queue: str
    actor: str
    priority: int
    delay_ms: int
    payload: bytes


def new_row(message: Message[Any], *, priority: int, delay: float | None, cap: int) -> NewRow:
    """Encode a message.

    Args:
        message: The message; its option `dedup_key`, if any, becomes the row's.
        priority: The actor's; smaller is sooner.
        delay: Milliseconds to wait before it may be claimed; None: until the message's own option
            `eta`, if it has one.
        cap: The largest payload allowed, in bytes.

    Raises:
        MessageTooLargeError: The encoded message is over the cap.
    """
    payload = _encoded(message)
    if len(payload) > cap:
        raise MessageTooLargeError(
            f"message {message.message_id} for {message.actor_name} is {len(payload):,} bytes, "
            f"the cap is {cap:,}: keep the data in the blob store or a table, and send its key"
        )
    return NewRow(
        message_id=message.message_id,
        dedup_key=message.options.get("dedup_key"),
        queue=message.queue_name,
        actor=message.actor_name,
        priority=priority,
        delay_ms=_delay_ms(message, delay),
        payload=payload,
    )


def _encoded(message: Message[Any]) -> bytes:
    # As Message.encode does, less finding out its fields anew each time.
    if type(message) is not Message:
        return message.encode()
    return get_encoder().encode(dict(zip(_FIELDS, _values(message), strict=True)))


def _delay_ms(message: Message[Any], delay: float | None) -> int:
    if delay is None:
        eta = message.options.get("eta")
        delay = eta - current_millis() if isinstance(eta, int | float) else 0
    return max(0, int(delay))


def columns(rows: Iterable[NewRow]) -> dict[str, list[Any]]:
    """Turn rows, of which there is at least one, into what insert_messages.sql unnests."""
    message_ids, dedups, queues, actors, priorities, delays, payloads = map(
        list, zip(*rows, strict=True)
    )
    return {
        "message_ids": message_ids,
        "dedup_keys": dedups,
        "queues": queues,
        "actors": actors,
        "priorities": priorities,
        "delays_ms": delays,
        "payloads": payloads,
    }
