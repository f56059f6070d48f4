"""The claim an actor works under: its token, its end with a transaction, its loss."""

from __future__ import annotations

import logging
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec
from uuid import uuid4

import dramatiq
from dramatiq.middleware import CurrentMessage

from scout_workers.domain import leases
from scout_workers.domain.calls import Lane
from scout_workers.messages.brokers import joins
from scout_workers.messages.queues import BACKFILL

if TYPE_CHECKING:
    from collections.abc import Callable

    from scout_workers.messages.brokers import OpenTransaction

P = ParamSpec("P")

logger = logging.getLogger(__name__)


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
    if not joins(broker):
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
