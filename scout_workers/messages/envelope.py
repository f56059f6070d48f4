"""A message that is ready to be sent: at once, or with a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dramatiq

from scout_workers import phases
from scout_workers.messages.brokers import joins
from scout_workers.messages.queues import LIVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.messages.brokers import OpenTransaction

LIVE_COUNTED = 1000
"""Live messages of a queue are counted no further: no backfill feeds while so many wait."""


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
        elif joins(broker):
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
    return joins(dramatiq.get_broker())


def send_all(envelopes: Sequence[Envelope], tx: OpenTransaction) -> None:
    """Send many with a transaction's commit; to a broker that joins it is one exchange."""
    broker = dramatiq.get_broker()
    if not joins(broker):
        for each in envelopes:
            each.send(tx)
    elif envelopes:
        broker.enqueue_many_in(tx.connection, [each.message() for each in envelopes])
        tx.after_commit(broker.wake)


def live_waiting() -> dict[str, int]:
    """Count what waits where live captures do, by queue: what history gives way to.

    Queues where nothing waits are left out, and all of them if the broker does not tell.
    """
    phases.outside_transaction("asking the broker")
    broker = dramatiq.get_broker()
    if not joins(broker):
        return {}
    counted = {queue: broker.ready(queue, most=LIVE_COUNTED) for queue in LIVE}
    return {queue: count for queue, count in counted.items() if count}
