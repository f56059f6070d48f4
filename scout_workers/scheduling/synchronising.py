"""The settings' schedule becomes the table's, whenever a process starts that looks at the clock."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scout_workers.scheduling import times
from scout_workers.store import schedules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scout_workers.domain.schedules import Entry
    from scout_workers.store import Store

logger = logging.getLogger(__name__)


def synchronise(store: Store, entries: Iterable[Entry], *, moment: datetime | None = None) -> None:
    """Write the settings' schedule down; whoever started last says what holds.

    What an operator paused stays paused; what is not among the entries is retired, with its runs
    kept; what comes back begins anew from here.

    Args:
        store: Where.
        entries: All there are.
        moment: Now; None: the database's own time.

    Raises:
        StoreUnavailableError, psycopg.Error: The database is away.
    """
    # In one order, or two processes that start together wait for each other for ever.
    ordered = sorted(entries, key=lambda entry: entry.name)
    with store.transaction() as tx:
        now = moment or schedules.look(tx, unsent_after=0).now
        changed = [
            entry.name
            for entry in ordered
            if schedules.put(tx, entry, times.first_after(entry.cron, entry.time_zone, now))
        ]
        retired = schedules.retire_others(tx, [entry.name for entry in ordered])
    if changed:
        logger.info("the schedule's entries %s are new or changed", ", ".join(changed))
    if retired:
        logger.warning("the schedule has no entries any more for %s", ", ".join(sorted(retired)))
