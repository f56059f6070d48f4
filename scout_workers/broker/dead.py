"""Dead messages: looked at, given another life, or dropped."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from dramatiq import Message
from dramatiq.errors import DecodeError

from .row import NewRow, columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .database import Database
    from .pool import Connection

BATCH = 500

# What a life leaves in a message's options, and the next one must not begin with.
SCARS = (
    "deferrals",
    "deferred_for",
    "deferred_since",
    "requeue_timestamp",
    "retries",
    "traceback",
)


@dataclass(frozen=True, slots=True)
class Which:
    """Which dead messages; what is None does not matter.

    Attributes:
        error: A part of the error's text, in any case.
    """

    queue: str | None = None
    actor: str | None = None
    error: str | None = None
    ids: Sequence[int] | None = None

    def parameters(self, most: int) -> dict[str, Any]:
        """Return this as the parameters of a query, for so many at most."""
        ids = None if self.ids is None else list(self.ids)
        return asdict(self) | {"ids": ids, "most": most}


@dataclass(frozen=True, slots=True)
class DeadMessage:
    """A message that will not be delivered again by itself; `attempt` counts its deliveries."""

    id: int
    message_id: str
    queue: str
    actor: str
    attempt: int
    enqueued_at: datetime
    died_at: datetime
    reason: str
    error: str | None


@dataclass(frozen=True, slots=True)
class DeadGroup:
    """Dead messages that died of the same; `error` has N for every number in it."""

    queue: str
    actor: str
    reason: str
    error: str
    messages: int
    first: datetime
    last: datetime
    example: int


class DeadMessages:
    """The dead messages of a broker.

    Every method raises `BrokerUnavailableError` where the server cannot be reached.

    Args:
        database: Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, which: Which | None = None, *, most: int = 100) -> list[DeadMessage]:
        """List dead messages, the latest first."""
        rows = self._database.run("dead_list", (which or Which()).parameters(most))
        return [DeadMessage(*row) for row in rows]

    def groups(self) -> list[DeadGroup]:
        """Count dead messages by what killed them, the largest group first."""
        return [DeadGroup(*row) for row in self._database.run("dead_groups", {})]

    def retry(self, which: Which) -> int:
        """Enqueue dead messages again, as if they had never been tried, in batches.

        Each is in one place at any moment, dead or ready: its removal and its new life are one
        commit.

        Returns:
            How many.
        """
        return self._each_batch(which, revive=True)

    def drop(self, which: Which) -> int:
        """Delete dead messages for good, in batches.

        Returns:
            How many.
        """
        return self._each_batch(which, revive=False)

    def _each_batch(self, which: Which, *, revive: bool) -> int:
        done = 0
        while taken := self._database.once(
            lambda connection: self._take(connection, which, revive=revive)
        ):
            done += taken
        return done

    def _take(self, connection: Connection, which: Which, *, revive: bool) -> int:
        with connection.transaction():
            rows = self._database.run("dead_take", which.parameters(BATCH), on=connection)
            if revive and rows:
                again = columns(_reborn(*row[1:]) for row in rows)
                self._database.run("insert_messages", again, on=connection)
            return len(rows)


def _reborn(message_id: str, queue: str, actor: str, priority: int, payload: bytes) -> NewRow:
    return NewRow(
        message_id=message_id,
        dedup_key=None,
        queue=queue,
        actor=actor,
        priority=priority,
        delay_ms=0,
        payload=_healed(payload),
    )


def _healed(payload: bytes) -> bytes:
    try:
        message: Message[Any] = Message.decode(payload)
    except DecodeError:
        return payload  # it died of that; perhaps a newer release can read it
    for scar in SCARS:
        message.options.pop(scar, None)
    return message.encode()
