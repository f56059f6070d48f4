"""What is older than the settings keep goes, batch by batch, for as long as there is time."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.errors import ScoutError
from scout_workers.store import housekeeping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scout_workers.blobs.protocol import BlobStore
    from scout_workers.store import Store
    from scout_workers.store.housekeeping import Due, OldCapture

logger = logging.getLogger(__name__)

COUNTED_TO = 100_000
CAPTURES_AT_ONCE = 50
FAILURES_BORNE = 3


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is kept, in seconds; 0: for ever.

    Attributes:
        raw_answers: Of models, word for word; the ledger's row stays.
        events: With whom they were told.
        captures: The images; the capture's row and what was seen on it stay.
        schedule_runs: When something ran by the clock.
        batch: How many rows at once.
    """

    raw_answers: float = 0.0
    events: float = 0.0
    captures: float = 0.0
    schedule_runs: float = 0.0
    batch: int = 500

    @property
    def ages(self) -> Mapping[str, float]:
        """Each kind's age."""
        return {name: getattr(self, name) for name in (*housekeeping.ROWS, "captures")}


class Purge:
    """Takes what is old. Each batch is a transaction of its own: nothing waits for it long.

    Args:
        store: Where rows are.
        blobs: Where images are.
        retention: How long what is kept.
    """

    def __init__(self, store: Store, blobs: BlobStore, retention: Retention) -> None:
        self._store = store
        self._blobs = blobs
        self._retention = retention

    def plan(self) -> list[Due]:
        """Say what `run` would take now, counting each kind up to 100,000."""
        with self._store.transaction() as tx:
            return housekeeping.plan(tx, self._retention.ages, bound=COUNTED_TO)

    def run(self, seconds: float) -> dict[str, int]:
        """Take what is old for about as long as that, and return how much of each kind.

        Raises:
            StoreUnavailableError, psycopg.Error: The database is away.
        """
        until = time.monotonic() + seconds
        taken = {kind: self._rows(kind, until) for kind in housekeeping.ROWS}
        taken["captures"] = self._captures(until)
        done = {kind: count for kind, count in taken.items() if count}
        if done:
            logger.info("purged %s", ", ".join(f"{n} {kind}" for kind, n in done.items()))
        return taken

    def _rows(self, kind: str, until: float) -> int:
        age, most = self._retention.ages[kind], self._retention.batch
        total = 0
        while age and time.monotonic() < until:
            with self._store.transaction() as tx:
                count = housekeeping.purge(tx, kind, age=age, most=most)
            total += count
            if count < most:
                break
        return total

    def _captures(self, until: float) -> int:
        """Delete images, then note it: killed in between, the next run finds them once more."""
        total = failures = 0
        last: OldCapture | None = None
        while self._retention.captures and time.monotonic() < until:
            with self._store.transaction() as tx:
                batch = housekeeping.old_captures(
                    tx, age=self._retention.captures, most=CAPTURES_AT_ONCE, after=last
                )
            gone = []
            for capture in batch:
                try:
                    self._blobs.delete(capture.blob)
                except ScoutError as error:
                    failures += 1
                    logger.warning("the image of capture %s stays: %s", capture.id, error.detail)
                else:
                    gone.append(capture.id)
                if failures > FAILURES_BORNE:
                    break
            if gone:
                with self._store.transaction() as tx:
                    total += housekeeping.expire(tx, gone)
            if failures > FAILURES_BORNE or len(batch) < CAPTURES_AT_ONCE:
                break
            last = batch[-1]
        return total
