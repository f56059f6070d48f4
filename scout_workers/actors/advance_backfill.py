"""A backfill takes a step: what is over is counted, what there is room for is fed."""

from __future__ import annotations

import logging
from uuid import UUID

import dramatiq

from scout_workers import messages
from scout_workers.domain.backfills import BackfillState
from scout_workers.resources import resources
from scout_workers.store import backfill_steps

logger = logging.getLogger(__name__)


@dramatiq.actor(queue_name=messages.SCHEDULED)
@messages.giving_way
def advance_backfill(backfill_id: str, step: str) -> None:
    """Take the step of that number, and send for the next one with the same commit.

    Safe to be sent and run any number of times: the first commits the step, and to all others its
    number says that it was taken. A message that is lost is sent again by `sweep_backfills`.
    """
    store = resources().store
    waiting = sum(messages.live_waiting().values())

    with store.transaction() as tx:
        done = backfill_steps.advance(tx, UUID(backfill_id), int(step), live_waiting=waiting)
        if done is not None:
            fed = [messages.analyze_capture(each, historical=True) for each in done.fed]
            messages.send_all(fed, tx)
            if done.following is not None:
                following = messages.advance_backfill(UUID(backfill_id), done.following)
                following.send(tx, delay=int(done.pause * 1000))
        messages.acknowledge(tx)

    if done is not None and done.state is not BackfillState.RUNNING and done.following is None:
        logger.info("backfill %s is %s", backfill_id, done.state)
