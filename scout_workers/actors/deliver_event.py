"""One event is told to one target."""

from __future__ import annotations

import logging
import random
from typing import TYPE_CHECKING
from uuid import UUID

import dramatiq

from scout_workers import messages
from scout_workers.listeners.protocol import ListenerError
from scout_workers.resources import audience, resources
from scout_workers.store import deliveries

if TYPE_CHECKING:
    from scout_workers.store import Transaction
    from scout_workers.store.deliveries import Delivery

logger = logging.getLogger(__name__)

FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 3600.0


@dramatiq.actor(queue_name=messages.EVENTS)
@messages.giving_way
def deliver_event(event_id: str, target: str) -> None:
    """Tell a target of an event; if it does not take it, later again, until it is too old.

    The next attempt is a message of its own, sent with the commit that notes this one, and no
    retry of Dramatiq's. Told and not noted, it is told twice: listeners know a repeat by its id.
    """
    store, _, _ = resources()
    hearing = audience()

    with store.transaction() as tx:
        delivery = deliveries.begin(tx, UUID(event_id), target)
    if delivery is None:
        return

    listener = hearing.targets.get(target)
    if listener is None:
        refusal = "the settings name no such target any more"
        with store.transaction() as tx:
            deliveries.give_up(tx, delivery, refusal)
            messages.acknowledge(tx)
        return
    if delivery.blocked_seconds > 0:
        with store.transaction() as tx:
            _later(tx, delivery, delivery.blocked_seconds)
        return

    try:
        listener.listener.tell(delivery.event)
    except ListenerError as error:
        failure = error
        store.insist(lambda tx: _failed(tx, delivery, failure, max_age=hearing.max_age_seconds))
        logger.info("event %s: %s: %s", event_id, target, failure.detail)
        return

    with store.transaction() as tx:
        deliveries.delivered(tx, delivery)
        messages.acknowledge(tx)


def _failed(tx: Transaction, delivery: Delivery, error: ListenerError, *, max_age: float) -> None:
    wait = min(FIRST_WAIT_SECONDS * 2**delivery.attempts, LONGEST_WAIT_SECONDS)
    wait = max(wait, error.retry_after or 0.0)
    deliveries.target_failed(tx, delivery.target, error.detail, wait=error.retry_after or 1.0)
    if delivery.age_seconds + wait > max_age:
        deliveries.give_up(tx, delivery, error.detail)
        messages.acknowledge(tx)
    else:
        _later(tx, delivery, wait, error.detail)


def _later(tx: Transaction, delivery: Delivery, wait: float, error: str | None = None) -> None:
    # Up to a tenth later: all that failed together need not come back together.
    wait *= random.uniform(1.0, 1.1)  # noqa: S311 (jitter)
    deliveries.put_off(tx, delivery, wait=wait, error=error)
    again = messages.deliver_event(delivery.event.id, delivery.target)
    again.send(tx, delay=int(wait * 1000))
    messages.acknowledge(tx)
