"""What a row of dramatiq-pg's becomes: a message of ours, or a dead one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dramatiq import Message
from dramatiq.common import current_millis, q_name
from dramatiq.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .source import Taken

_ERROR_LENGTH = 2_000


class Living(NamedTuple):
    """A message to be delivered; in the order of put.sql's parameters."""

    message_id: str
    queue: str
    actor: str
    delay_ms: int
    payload: bytes


class Dead(NamedTuple):
    """A message that will not be; in the order of bury.sql's parameters."""

    message_id: str
    queue: str
    actor: str
    attempt: int
    enqueued_ms: int
    reason: str
    error: str | None
    payload: bytes


def heir(taken: Taken) -> Living | Dead:
    """Make of a row what it is to be here: in the queue it was first sent to, its id and age kept.

    The cap on a message's size is for new ones, and a key that dramatiq-pg gave no meaning to has
    none now.
    """
    queue = q_name(taken.queue)
    text = (taken.text or "").encode()
    try:
        message: Message[Any] = Message.decode(text).copy(queue_name=queue)
    except DecodeError as error:
        return Dead(
            message_id=str(taken.message_id),
            queue=queue,
            actor="",
            attempt=0,
            enqueued_ms=current_millis(),
            reason="undecodable",
            error=f"adopted from dramatiq-pg: {error}",
            payload=text,
        )
    if taken.rejected:
        return Dead(
            message_id=message.message_id,
            queue=queue,
            actor=message.actor_name,
            attempt=_whole(message.options.get("retries")) + 1,
            enqueued_ms=message.message_timestamp,
            reason="failed",
            error=_error_of(message),
            payload=message.encode(),
        )
    eta = _whole(message.options.get("eta"))
    return Living(
        message_id=message.message_id,
        queue=queue,
        actor=message.actor_name,
        delay_ms=max(0, eta - current_millis()) if eta else 0,
        payload=message.encode(),
    )


def as_columns(heirs: Iterable[Living] | Iterable[Dead], names: Iterable[str]) -> dict[str, Any]:
    """Turn rows, of which there is at least one, into the arrays that a query unnests."""
    return {name: list(each) for name, each in zip(names, zip(*heirs, strict=True), strict=True)}


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _error_of(message: Message[Any]) -> str | None:
    traceback = message.options.get("traceback")
    if not isinstance(traceback, str) or not traceback.strip():
        return None
    return traceback.strip().splitlines()[-1][:_ERROR_LENGTH]
