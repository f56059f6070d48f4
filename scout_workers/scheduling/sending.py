"""A run's message on its way: with the commit that made the run, or found again if it was not."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scout_workers import messages
from scout_workers.store import schedules

if TYPE_CHECKING:
    from scout_workers.domain.schedules import Run
    from scout_workers.store import Store, Transaction

logger = logging.getLogger(__name__)

UNSENT_SECONDS = 60.0
"""How long a run may be on its way before another scheduler sends it."""


def with_run(tx: Transaction, run: Run, *, asked_by: str = "clock") -> bool:
    """Write a run down, and send its message in the same commit where the broker joins.

    Where it does not, `after_commit` sends it once the run is safe.

    Returns:
        Whether it was ours to send: False: somebody had this time already.
    """
    if not schedules.insert_run(tx, run, asked_by=asked_by):
        return False
    if messages.joined():
        schedules.mark_sent(tx, run, _envelope(run).send(tx))
    return True


def after_commit(store: Store, run: Run) -> None:
    """Send what could not be part of its run's commit, then note that it was sent.

    Killed between run and message, the run is found unsent; killed between message and note, it is
    sent twice: what runs by the clock is safe to be repeated.

    Raises:
        Exception: As the broker raises; the run is found unsent by a later look.
    """
    if not messages.joined():
        again(store, run)


def again(store: Store, run: Run) -> None:
    """Send a run's message, then note it.

    Raises:
        Exception: As the broker raises.
    """
    message_id = _envelope(run).send()
    store.insist(lambda tx: schedules.mark_sent(tx, run, message_id))
    logger.info("%s: sent for %s", run.schedule, run.scheduled_for.isoformat())


def _envelope(run: Run) -> messages.Envelope:
    return messages.Envelope(run.actor, messages.SCHEDULED, run.arguments)
