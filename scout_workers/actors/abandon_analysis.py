"""The end of an analysis whose message is dead: its retries are spent."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

import dramatiq

from scout_workers import messages
from scout_workers.resources import resources
from scout_workers.store import abandoning

logger = logging.getLogger(__name__)


@dramatiq.actor(queue_name=messages.DEFAULT)
@messages.giving_way
def abandon_analysis(message: dict[str, Any], counts: dict[str, Any]) -> None:
    """Mark as failed what a dead message of `analyze_capture` leaves unsettled.

    Sent by the retries middleware together with the message's death, in one transaction where the
    broker can. The reason stays that of the last failure; an operator may do it again.

    Args:
        message: The dead message, as Dramatiq writes it.
        counts: How often it was tried (`retries`) and how often it might have been.

    Raises:
        CallInFlightError: Another message of the same capture is at it: deferred until it is not.
    """
    store, _, _ = resources()
    capture_id, *run = map(UUID, message["args"])
    analysis_id = run[0] if run else None
    with store.transaction() as tx:
        event_id = abandoning.abandon(tx, capture_id, message["message_id"], analysis_id)
        if event_id is not None:
            messages.broadcast_event(event_id).send(tx)
        messages.acknowledge(tx)
    if event_id is not None:
        logger.warning("capture %s is given up after %s retries", capture_id, counts["retries"])
