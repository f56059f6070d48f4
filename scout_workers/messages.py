"""The messages there are: which actor, on which queue; sent at once or with a transaction.

    messages.analyze_capture(capture_id).send()          at once
    messages.broadcast_event(event_id).send(tx)          with the commit, or not at all
    messages.acknowledge(tx)                             the message being processed, likewise

A broker that keeps its messages in the same database joins the transaction. Any other one gets
the message right after the commit, and the ordinary acknowledgement follows the actor's return.
Everything an actor does is therefore safe to be done twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeGuard
from uuid import uuid4

import dramatiq
from dramatiq.middleware import CurrentMessage

from scout_workers import phases
from scout_workers.domain import leases
from scout_workers.domain.calls import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from uuid import UUID

    import psycopg

P = ParamSpec("P")

logger = logging.getLogger(__name__)

PROCESSING = "processing"
BACKFILL = "backfill"
DEFAULT = "default"
EVENTS = "events"
EMBEDDINGS = "embeddings"
SCHEDULED = "scheduled"
SUMMARY_GENERATION = "summary_generation"
INSIGHTS = "insights"
PROFILE_GENERATION = "profile_generation"


class OpenTransaction(Protocol):
    """What is needed of the transaction a message is sent or acknowledged with."""

    @property
    def connection(self) -> psycopg.Connection[tuple[Any, ...]]:
        """The connection it is open on."""
        ...

    def after_commit(self, hook: Callable[[], object]) -> None:
        """Call `hook` once it has committed."""
        ...


class JoiningBroker(Protocol):
    """A Dramatiq broker whose messages can be part of a transaction of ours."""

    joins: bool
    LeaseLostError: type[Exception]

    def enqueue_in(
        self,
        connection: psycopg.Connection[tuple[Any, ...]],
        message: dramatiq.Message[Any],
        *,
        delay: int | None = None,
    ) -> object:
        """Enqueue on the connection's transaction."""
        ...

    def enqueue_many_in(
        self,
        connection: psycopg.Connection[tuple[Any, ...]],
        messages: Iterable[dramatiq.Message[Any]],
    ) -> object:
        """Enqueue many on the connection's transaction."""
        ...

    def ack_in(self, connection: psycopg.Connection[tuple[Any, ...]], message: object) -> None:
        """Acknowledge on the connection's transaction."""
        ...

    def ready(self, queue_name: str, *, most: int) -> int:
        """Count the messages that wait in a queue, no further than `most`."""
        ...

    def wake(self) -> None:
        """Have this process look for messages now."""
        ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message that is ready to be sent.

    Attributes:
        actor: The name of the actor it is for.
        queue: Where it waits; not always the actor's own queue.
        arguments: What the actor is called with.
    """

    actor: str
    queue: str
    arguments: tuple[str, ...]

    def send(self, tx: OpenTransaction | None = None, *, delay: int | None = None) -> str:
        """Send it, and return the message's id.

        Args:
            tx: Send with this transaction's commit; None: now.
            delay: Milliseconds it must wait before an actor gets it.

        Raises:
            TransactionHeldError: A transaction is open and was not handed over: the message would
                be on its way before what it speaks of exists.
            Exception: As the broker raises.
        """
        broker = dramatiq.get_broker()
        message = self.message()
        if tx is None:
            phases.outside_transaction("sending a message past the open transaction")
            broker.enqueue(message, delay=delay)
        elif _joins(broker):
            broker.enqueue_in(tx.connection, message, delay=delay)
            tx.after_commit(broker.wake)
        else:
            tx.after_commit(lambda: broker.enqueue(message, delay=delay))
        return message.message_id

    def message(self) -> dramatiq.Message[Any]:
        """Make the message; its queue is declared, since a producer need not know the actor."""
        dramatiq.get_broker().declare_queue(self.queue)
        return dramatiq.Message(
            queue_name=self.queue,
            actor_name=self.actor,
            args=self.arguments,
            kwargs={},
            options={},
        )


def joined() -> bool:
    """Whether a message that is sent with a transaction is part of its commit."""
    return _joins(dramatiq.get_broker())


def send_all(envelopes: Sequence[Envelope], tx: OpenTransaction) -> None:
    """Send many with a transaction's commit; to a broker that joins it is one exchange."""
    broker = dramatiq.get_broker()
    if not _joins(broker):
        for each in envelopes:
            each.send(tx)
    elif envelopes:
        broker.enqueue_many_in(tx.connection, [each.message() for each in envelopes])
        tx.after_commit(broker.wake)


def analyze_capture(
    capture_id: UUID, *, historical: bool = False, analysis_id: UUID | None = None
) -> Envelope:
    """Have a capture's image described, by the run asked for; history never delays live ones."""
    queue = BACKFILL if historical else PROCESSING
    run = () if analysis_id is None else (str(analysis_id),)
    return Envelope("analyze_capture", queue, (str(capture_id), *run))


def generate_summary(
    organization_id: UUID, camera_id: UUID | None, kind: str, start: str
) -> Envelope:
    """Have an hour or a day written about.

    Args:
        organization_id: Whose.
        camera_id: Of which camera; None: of all, which only a day can be.
        kind: "hour" or "day".
        start: Of an hour its beginning, in ISO 8601 with an offset; of a day its local date.
    """
    camera = "" if camera_id is None else str(camera_id)
    arguments = (str(organization_id), camera, kind, start)
    return Envelope("generate_summary", SUMMARY_GENERATION, arguments)


def generate_insights(organization_id: UUID, day: date) -> Envelope:
    """Have an organization's local day looked over for what is worth knowing."""
    return Envelope("generate_insights", INSIGHTS, (str(organization_id), day.isoformat()))


def generate_profile(generation_id: UUID) -> Envelope:
    """Have a profile drafted that was asked for (`profile_generations.ask`)."""
    return Envelope("generate_profile", PROFILE_GENERATION, (str(generation_id),))


def broadcast_event(event_id: UUID) -> Envelope:
    """Have an event of the outbox told to whoever listens."""
    return Envelope("broadcast_event", DEFAULT, (str(event_id),))


def deliver_event(event_id: UUID, target: str) -> Envelope:
    """Have one target told of an event."""
    return Envelope("deliver_event", EVENTS, (str(event_id), target))


def advance_backfill(backfill_id: UUID, step: int) -> Envelope:
    """Have a backfill take its step of that number; any other number does nothing."""
    return Envelope("advance_backfill", SCHEDULED, (str(backfill_id), str(step)))


def waiting(queue: str, *, most: int) -> int | None:
    """Count what waits in a queue, no further than `most`; None: the broker does not tell."""
    phases.outside_transaction("asking the broker")
    broker = dramatiq.get_broker()
    return broker.ready(queue, most=most) if _joins(broker) else None


def acknowledge(tx: OpenTransaction) -> None:
    """Acknowledge the message that is being processed with this transaction's commit.

    Does nothing where there is none, or where its broker cannot join: then the ordinary
    acknowledgement, after the actor's return, is the only one.

    Raises:
        LeaseLostError: The message was given to somebody else: the transaction must not commit.
        psycopg.Error: As the statement raises; the transaction is lost.
    """
    message = CurrentMessage.get_current_message()
    if message is None or not hasattr(message, "lease"):
        return
    broker = dramatiq.get_broker()
    if not _joins(broker):
        return
    try:
        broker.ack_in(tx.connection, message)
    except broker.LeaseLostError as error:
        raise leases.LeaseLostError(str(error)) from error


def current_lease() -> str:
    """Return the token of the claim this context works under (`domain.leases`).

    Where no broker of ours delivered a message it is one nobody else can have, and nothing can be
    told from it about earlier claims.
    """
    message = CurrentMessage.get_current_message()
    lease = getattr(message, "lease", None)
    if message is None or lease is None:
        return str(uuid4())
    return leases.token(lease.id, lease.attempt, lease.owner, message.message_id)


def current_lane() -> Lane:
    """Return which of a provider's lanes this context works in: history's, if its queue is."""
    message = CurrentMessage.get_current_message()
    return Lane.BACKFILL if message is not None and message.queue_name == BACKFILL else Lane.LIVE


def giving_way(function: Callable[P, None]) -> Callable[P, None]:
    """Decorate an actor's function: work that somebody else holds by now is left to them.

    What it wrote under the lost lease was refused as a whole. It ends without an error, so that
    the message is not tried again: whoever holds the lease does the work.
    """

    @wraps(function)
    def work(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except leases.LeaseLostError as lost:
            logger.warning("%s gives way: %s", function.__name__, lost)

    return work


def _joins(broker: object) -> TypeGuard[JoiningBroker]:
    return bool(getattr(broker, "joins", False))
