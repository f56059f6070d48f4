"""An event of the outbox is told to whoever listens: today, to the log."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING
from uuid import UUID

import dramatiq

from scout_workers import messages
from scout_workers.resources import resources
from scout_workers.store import events

if TYPE_CHECKING:
    from scout_workers.store.events import Event

logger = logging.getLogger(__name__)


@dramatiq.actor(queue_name=messages.DEFAULT)
@messages.giving_way
def broadcast_event(event_id: str) -> None:
    """Tell an event, then remember that it was told.

    In this order: a crash between the two tells it again, and none is ever lost. Listeners know
    a repeat by its id.
    """
    store, _, _ = resources()

    with store.transaction() as tx:
        event = events.get(tx, UUID(event_id))
    if event is None or event.broadcast_at is not None:
        return

    logger.info("%s", _line(event))

    with store.transaction() as tx:
        events.mark_broadcast(tx, event.id)
        messages.acknowledge(tx)


def _line(event: Event) -> str:
    """Write the event as one line of JSON."""
    told = {
        "event": event.kind,
        "id": str(event.id),
        "organization_id": str(event.organization_id),
        "subject_id": str(event.subject_id),
        "at": event.created_at.isoformat(),
        **event.payload,
    }
    return json.dumps(told, ensure_ascii=False)
