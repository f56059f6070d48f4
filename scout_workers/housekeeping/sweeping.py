"""What a crash left between two steps is found and sent for again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scout_workers import messages
from scout_workers.domain import leases
from scout_workers.store import housekeeping

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from scout_workers.store import Store
    from scout_workers.store.housekeeping import StuckAnalysis

logger = logging.getLogger(__name__)

AFTER_SECONDS = 600.0
"""How late a step must be before it counts as left behind."""
LOST_AFTER_SECONDS = 2 * 86400.0
"""How old an analysis must be where nobody can tell whether its message lives."""
MOST = 200


class Sweep:
    """Sends again for what nobody is at any more.

    What it finds may only have waited for long: everything it sends for is safe to be repeated, and
    it sends for nothing twice within an hour.

    Args:
        store: Where.
        alive: Tells which rows of the broker's table are still there; None: nobody can tell.
    """

    def __init__(
        self, store: Store, alive: Callable[[Collection[int]], Collection[int]] | None = None
    ) -> None:
        self._store = store
        self._alive = alive

    def run(self) -> dict[str, int]:
        """Look once at everything, a bounded batch of each, and return what was sent for.

        Raises:
            StoreUnavailableError, psycopg.Error: The database is away.
        """
        found = {
            "events": self._events(),
            "deliveries": self._deliveries(),
            "captures": self._captures(),
            "analyses": self._analyses(),
        }
        left = {kind: count for kind, count in found.items() if count}
        if left:
            told = ", ".join(f"{count} {kind}" for kind, count in left.items())
            logger.warning("left behind, and sent for again: %s", told)
        return found

    def _events(self) -> int:
        with self._store.transaction() as tx:
            found = housekeeping.unbroadcast(tx, after=AFTER_SECONDS, most=MOST)
            for event_id in found:
                messages.broadcast_event(event_id).send(tx)
        return len(found)

    def _deliveries(self) -> int:
        with self._store.transaction() as tx:
            found = housekeeping.untried(tx, after=AFTER_SECONDS, most=MOST)
            for event_id, target in found:
                messages.deliver_event(event_id, target).send(tx)
        return len(found)

    def _captures(self) -> int:
        if messages.joined():
            return 0  # a capture and its message are one commit: it waits, and is not forgotten
        with self._store.transaction() as tx:
            found = housekeeping.unbegun(tx, after=AFTER_SECONDS, most=MOST)
            for capture_id in found:
                messages.analyze_capture(capture_id, historical=True).send(tx)
        return len(found)

    def _analyses(self) -> int:
        with self._store.transaction() as tx:
            unmoved = housekeeping.unmoved(tx, after=AFTER_SECONDS, most=MOST)
        forgotten = self._forgotten(unmoved)
        with self._store.transaction() as tx:
            for each in forgotten:
                run = each.id if each.run_no > 1 else None
                again = messages.analyze_capture(each.capture_id, historical=True, analysis_id=run)
                again.send(tx)
        return len(forgotten)

    def _forgotten(self, unmoved: list[StuckAnalysis]) -> list[StuckAnalysis]:
        """Keep those whose message is gone for certain, or for all one can know."""
        rows = {each.id: leases.row_of(each.lease_token or "") for each in unmoved}
        asked = {row for row in rows.values() if row is not None}
        alive = set(self._alive(asked)) if self._alive is not None and asked else set()
        return [
            each
            for each in unmoved
            if (
                rows[each.id] not in alive
                if self._alive is not None and rows[each.id] is not None
                else each.age_seconds > LOST_AFTER_SECONDS
            )
        ]
