"""The end of a proposed profile whose message is dead: its retries are spent."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

import dramatiq

from scout_workers import messages
from scout_workers.resources import resources
from scout_workers.store import profile_generations

logger = logging.getLogger(__name__)


@dramatiq.actor(queue_name=messages.DEFAULT)
@messages.giving_way
def abandon_profile(message: dict[str, Any], counts: dict[str, Any]) -> None:
    """Mark as failed what a dead message of `generate_profile` leaves unsettled.

    Args:
        message: The dead message, as Dramatiq writes it.
        counts: How often it was tried (`retries`) and how often it might have been.

    Raises:
        CallInFlightError: Another message of the same proposal is at it: deferred until it is not.
    """
    store, _, _ = resources()
    generation_id = UUID(message["args"][0])
    with store.transaction() as tx:
        given_up = profile_generations.abandon(tx, generation_id, message["message_id"])
        messages.acknowledge(tx)
    if given_up:
        logger.warning(
            "profile generation %s is given up after %s retries", generation_id, counts["retries"]
        )
