"""Backfills whose next step was lost are sent for it once more."""

from __future__ import annotations

import logging

import dramatiq

from scout_workers import messages
from scout_workers.resources import resources
from scout_workers.store import backfills

logger = logging.getLogger(__name__)

OVERDUE_SECONDS = 60.0
"""So long a step may wait behind others before it counts as lost; one too many does nothing."""


@dramatiq.actor(queue_name=messages.SCHEDULED)
@messages.giving_way
def sweep_backfills() -> None:
    """Send for every step that is long overdue.

    A broker that joins our commits loses none by itself; an operator who flushes a queue does, and
    so does one whose messages are sent after the commit.
    """
    store = resources().store
    with store.transaction() as tx:
        found = backfills.stalled(tx, seconds=OVERDUE_SECONDS)
        messages.send_all([messages.advance_backfill(*each) for each in found], tx)
        messages.acknowledge(tx)
    for backfill_id, step in found:
        logger.warning("backfill %s: step %d is overdue, sent for once more", backfill_id, step)
