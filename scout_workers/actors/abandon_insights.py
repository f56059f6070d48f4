"""The end of an insight run whose message is dead: its retries are spent."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import dramatiq

from scout_workers import messages
from scout_workers.resources import resources
from scout_workers.store import insights, summary_subjects

logger = logging.getLogger(__name__)


@dramatiq.actor(queue_name=messages.DEFAULT)
@messages.giving_way
def abandon_insights(message: dict[str, Any], counts: dict[str, Any]) -> None:
    """Mark as failed what a dead message of `generate_insights` leaves unsettled.

    Args:
        message: The dead message, as Dramatiq writes it.
        counts: How often it was tried (`retries`) and how often it might have been.

    Raises:
        CallInFlightError: Another message of the same day is at it: deferred until it is not.
    """
    store, _, _ = resources()
    with store.transaction() as tx:
        subject, _ = summary_subjects.day(tx, *message["args"])
        day = date.fromisoformat(message["args"][1])
        event_id = insights.abandon(tx, subject, day, message["message_id"])
        if event_id is not None:
            messages.broadcast_event(event_id).send(tx)
        messages.acknowledge(tx)
    if event_id is not None:
        logger.warning("insights are given up after %s retries", counts["retries"])
