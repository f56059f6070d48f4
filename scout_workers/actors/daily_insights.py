"""Days that are over and have news in them are sent to be looked over, each by its local clock."""

from __future__ import annotations

import logging

import dramatiq

from scout_workers import messages
from scout_workers.domain.windows import zone_of
from scout_workers.resources import resources
from scout_workers.store import summary_due

logger = logging.getLogger(__name__)


@dramatiq.actor(queue_name=messages.SCHEDULED)
@messages.giving_way
def daily_insights(grace_seconds: str = "1800", patience_seconds: str = "14400") -> None:
    """Send a message for each day that is due for insights; any number of these may run at once.

    A day is due once a camera's summary of it is there, and again whenever there is another one.

    Args:
        grace_seconds: How long the local day must have been over: pictures arrive late.
        patience_seconds: How long it waits while something in it is still at work.
    """
    store, _, _ = resources()
    with store.transaction() as tx:
        due = summary_due.send(
            tx,
            summary_due.INSIGHTS,
            grace_seconds=float(grace_seconds),
            patience_seconds=float(patience_seconds),
        )
        for subject, time_zone in due:
            day = subject.window.start.astimezone(zone_of(time_zone)).date()
            messages.generate_insights(subject.organization_id, day).send(tx)
        messages.acknowledge(tx)
    if due:
        logger.info("%s days are due for their insights", len(due))
