"""An event of the outbox is told to whoever listens: the log at once, each target by itself."""

from __future__ import annotations

import logging
from uuid import UUID

import dramatiq

from scout_workers import messages
from scout_workers.resources import audience, resources
from scout_workers.store import deliveries, events

logger = logging.getLogger(__name__)


@dramatiq.actor(queue_name=messages.DEFAULT)
@messages.giving_way
def broadcast_event(event_id: str) -> None:
    """Tell the log of an event, then remember that it was told, with a message for each target.

    In this order: a crash between the two tells it again, and none is ever lost. Listeners know
    a repeat by its id.
    """
    store, _, _ = resources()
    hearing = audience()

    with store.transaction() as tx:
        event = events.get(tx, UUID(event_id))
    if event is None or event.broadcast_at is not None:
        return

    if hearing.log:
        logger.info("%s", event.as_json())

    with store.transaction() as tx:
        events.mark_broadcast(tx, event.id)
        for target in deliveries.fan_out(tx, event, hearing.wanting(event)):
            messages.deliver_event(event.id, target).send(tx)
        messages.acknowledge(tx)
