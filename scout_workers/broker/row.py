"""A message on its way into the table."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from dramatiq.common import current_millis

from .errors import MessageTooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dramatiq import Message


class NewRow(NamedTuple):
    """The columns of a message to be written; `delay_ms` counts from the database's now."""

    message_id: str
    enqueue_key: UUID
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
    payload = message.encode()
    if len(payload) > cap:
        raise MessageTooLargeError(
            f"message {message.message_id} for {message.actor_name} is {len(payload):,} bytes, "
            f"the cap is {cap:,}: keep the data in the blob store or a table, and send its key"
        )
    return NewRow(
        message_id=message.message_id,
        enqueue_key=_time_ordered_key(),
        dedup_key=message.options.get("dedup_key"),
        queue=message.queue_name,
        actor=message.actor_name,
        priority=priority,
        delay_ms=_delay_ms(message, delay),
        payload=payload,
    )


def _delay_ms(message: Message[Any], delay: float | None) -> int:
    if delay is None:
        eta = message.options.get("eta")
        delay = eta - current_millis() if isinstance(eta, int | float) else 0
    return max(0, int(delay))


def columns(rows: Iterable[NewRow]) -> dict[str, list[Any]]:
    """Turn rows, of which there is at least one, into what insert_messages.sql unnests."""
    message_ids, keys, dedups, queues, actors, priorities, delays, payloads = map(
        list, zip(*rows, strict=True)
    )
    return {
        "message_ids": message_ids,
        "enqueue_keys": keys,
        "dedup_keys": dedups,
        "queues": queues,
        "actors": actors,
        "priorities": priorities,
        "delays_ms": delays,
        "payloads": payloads,
    }


def _time_ordered_key() -> UUID:
    # RFC 9562 version 7: keys made together lie together in the unique indexes.
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
