"""A message under lease, as Dramatiq's workers carry it about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from dramatiq import Message
from dramatiq.broker import MessageProxy

from .delivery import decoded

if TYPE_CHECKING:
    from uuid import UUID

    from .effects import Arrival, KeptResult
    from .row import NewRow

ERROR_TEXT_CAP = 4000
UNOPENED: Message[Any] = Message("", "", (), {}, {})


class Lease(NamedTuple):
    """The token every effect of a claim must show: this row, claimed this many times, by this one.

    `attempt` alone is no fence: a row that was rescued and claimed by a process that began to
    count anew could meet the old number again.
    """

    id: int
    attempt: int
    owner: UUID

    def __str__(self) -> str:
        return f"{self.id}:{self.attempt}:{self.owner}"


@dataclass(slots=True)
class Outcome:
    """What is to become of a claimed message, gathered until it is settled in one transaction.

    Attributes:
        again: The row's own new contents, when it is to be delivered again.
        follow_ups: Messages that exist only if this outcome does.
        results: What its actor returned, by the key of the result; kept only if this outcome is.
        arrival: The barrier it reaches with this outcome, if it is one of a group.
        untouched: Whether nobody began with it, so that it is simply given back.
        dead: Whether it goes to the dead messages instead of away.
        reason: Why it died, as dead_message.reason has it.
        error: The error's text, for whoever looks at the dead message.
        acked_in: The key of the note its effects leave, if a caller's transaction acknowledged it
            already (if that committed). Its row is then no fence against writing them twice.
        unheard: Whether middleware are yet to hear of its death, and may add to the outcome.
    """

    again: NewRow | None = None
    follow_ups: list[NewRow] = field(default_factory=list)
    results: dict[str, KeptResult] = field(default_factory=dict)
    arrival: Arrival | None = None
    untouched: bool = False
    dead: bool = False
    reason: str = "failed"
    error: str | None = None
    acked_in: UUID | None = None
    unheard: bool = False

    def brings_messages(self) -> bool:
        """Tell whether there may be messages in the table that were not there before."""
        called_back = self.arrival is not None and self.arrival.rows
        return bool(self.again is not None or self.follow_ups or called_back)

    def note(self, error: BaseException | None) -> None:
        """Keep an error's text for whoever looks at the dead message."""
        if error is not None:
            self.error = f"{type(error).__name__}: {error}"[:ERROR_TEXT_CAP]


class ClaimedMessage(MessageProxy):
    """A Dramatiq message with the lease it is held under.

    Attributes:
        lease: The token of this claim.
        queue: The queue it was claimed from.
        priority: The smaller, the sooner.
        seq: Its place in that queue.
        rescues: How many earlier claims ended without an outcome.
        started: Whether a worker thread has begun with it.
        lost: Whether this process learned that the lease is no longer its own.
        aborted: Whether this process learned that somebody wants it ended.
        outcome: What is to become of it.
    """

    def __init__(
        self,
        lease: Lease,
        queue: str,
        priority: int,
        seq: int,
        *,
        rescues: int,
        payload: bytes,
    ) -> None:
        super().__init__(UNOPENED)
        self.lease = lease
        self.queue = queue
        self.priority = priority
        self.seq = seq
        self.rescues = rescues
        self._payload = payload
        self.started = False
        self.lost = False
        self.aborted = False
        self.outcome = Outcome()

    def open(self) -> None:
        """Decode what was enqueued; until then it has no actor and no arguments.

        Raises:
            Exception: Whatever the decoder raises.
        """
        self._message = decoded(self._payload, self.queue)
        self._payload = b""

    def was_acked_in(self) -> bool:
        """Tell whether a caller's transaction acknowledged it, given that its row is gone."""
        outcome = self.outcome
        ended_well = not outcome.dead and outcome.again is None
        return outcome.acked_in is not None and ended_well and not self.lost

    def __lt__(self, other: object) -> bool:
        # Dramatiq before 2.2 orders its work queue by (priority, proxy).
        return isinstance(other, ClaimedMessage) and self.seq < other.seq

    def __eq__(self, other: object) -> bool:
        # To a message it is equal as every proxy is; two claims of one message are two things.
        return self is other if isinstance(other, ClaimedMessage) else super().__eq__(other)

    def __hash__(self) -> int:
        return id(self)
