"""Removes what has expired. Any process does it; there is no leader."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

from .background import Background
from .vacuum import VacuumGuard

if TYPE_CHECKING:
    from .database import Database

PRUNE_SECONDS = 60.0
# More than this at once would be a long transaction, and the settlers share the disk.
MOST_AT_ONCE = 1000
BETWEEN_SECONDS = 0.1
GUARD_SECONDS = 120.0

STATEMENTS = ("prune_results", "prune_limits", "prune_parties", "prune_enqueued")


class Pruner:
    """Removes expired rows once a minute, in small batches for as long as there are more.

    Now and then it also has a look at what keeps vacuum from removing what is left of them.

    Args:
        database: Where.
        keep_dead: For how many seconds dead messages are kept; None: for ever.
    """

    def __init__(self, database: Database, *, keep_dead: float | None = None) -> None:
        self._database = database
        self._keep_dead = keep_dead
        self._guard = VacuumGuard(database)
        self._guarded_at = -GUARD_SECONDS
        self._thread = Background("broker-pruner", self.run_once, after_error=PRUNE_SECONDS)

    def start(self) -> None:
        """Start pruning."""
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Stop pruning."""
        self._thread.stop()
        return self._thread.join(timeout)

    def run_once(self) -> float:
        """Remove one batch of each kind; return the seconds until the next.

        Raises:
            BrokerUnavailableError: The server could not be reached.
        """
        full = [name for name in STATEMENTS if self._prune(name) == MOST_AT_ONCE]
        if self._keep_dead is not None:
            dead = self._prune("prune_dead", kept_seconds=self._keep_dead)
            full += ["prune_dead"] if dead == MOST_AT_ONCE else []
        if time.monotonic() - self._guarded_at >= GUARD_SECONDS:
            self._guarded_at = time.monotonic()
            self._guard.run_once()
        # Jitter, so that processes that were started together do not come together every minute.
        pause = PRUNE_SECONDS * random.uniform(0.8, 1.0)  # noqa: S311 (jitter)
        return BETWEEN_SECONDS if full else pause

    def _prune(self, name: str, **parameters: Any) -> int:
        ((count,),) = self._database.run(name, {"most": MOST_AT_ONCE} | parameters)
        return int(count)
