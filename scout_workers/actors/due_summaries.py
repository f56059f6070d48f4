"""Windows of time that are over and have news in them are sent to be written about."""

from __future__ import annotations

import logging

import dramatiq

from scout_workers import messages
from scout_workers.domain.windows import named, zone_of
from scout_workers.resources import resources
from scout_workers.store import summary_due

logger = logging.getLogger(__name__)


@dramatiq.actor(queue_name=messages.SCHEDULED)
@messages.giving_way
def due_summaries(grace_seconds: str = "600", patience_seconds: str = "7200") -> None:
    """Send a message for each window that is due; any number of these may run at once.

    Args:
        grace_seconds: How long a window must have been over: pictures arrive late.
        patience_seconds: How long news waits while something in its window is still at work.
    """
    store, _, _ = resources()
    with store.transaction() as tx:
        due = summary_due.send(
            tx,
            summary_due.SUMMARIES,
            grace_seconds=float(grace_seconds),
            patience_seconds=float(patience_seconds),
        )
        for subject, time_zone in due:
            window = subject.window
            messages.generate_summary(
                subject.organization_id,
                subject.camera_id,
                window.kind,
                named(window, zone_of(time_zone)),
            ).send(tx)
        messages.acknowledge(tx)
    if due:
        logger.info("%s summaries are due", len(due))
