"""Dead messages as they are asked for and as they are shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Which:
    """Which dead messages; what is None does not matter.

    Attributes:
        error: A part of the error's text, or of its cause, in any case.
        ids: Of their rows.
        message_id: Dramatiq's id.
        reason: failed, max_deliveries, undecodable or aborted.
        cause: Exactly what killed them, as a group has it.
        since: Died then or later.
        until: Died then or before.
    """

    queue: str | None = None
    actor: str | None = None
    error: str | None = None
    ids: Sequence[int] | None = None
    message_id: str | None = None
    reason: str | None = None
    cause: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def parameters(self) -> dict[str, Any]:
        """Return this as the parameters of a query."""
        return asdict(self) | {"ids": None if self.ids is None else list(self.ids)}

    def said(self) -> dict[str, Any]:
        """Return what does matter, for the record."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class DeadMessage:
    """A message that will not be delivered again by itself; `attempt` counts its deliveries.

    Attributes:
        cause: The first line of its error with N for every number and id in it.
    """

    id: int
    message_id: str
    queue: str
    actor: str
    attempt: int
    enqueued_at: datetime
    died_at: datetime
    reason: str
    error: str | None
    cause: str


@dataclass(frozen=True, slots=True)
class DeadGroup:
    """Dead messages that died of the same; `error` has N for every number and id in it."""

    queue: str
    actor: str
    reason: str
    error: str
    messages: int
    first: datetime
    last: datetime
    example: int

    def joined(self, other: DeadGroup) -> DeadGroup:
        """Return this and what another window of the table has of it as one."""
        return DeadGroup(
            *(self.queue, self.actor, self.reason, self.error),
            messages=self.messages + other.messages,
            first=min(self.first, other.first),
            last=max(self.last, other.last),
            example=min(self.example, other.example),
        )
