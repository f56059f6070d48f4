"""What this process measures of its pools, told now and then: what sizes are reckoned from."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from scout_workers.store import StoreUnavailableError, figures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scout_workers.broker import Pool
    from scout_workers.store import Store

REPORT_SECONDS = 15.0


class Figures:
    """Tells what the pools of a process have measured; costs two rows a report.

    Args:
        store: Where it is written.
        pools: The pools, once they are there.
    """

    def __init__(self, store: Callable[[], Store], pools: Callable[[], Sequence[Pool]]) -> None:
        self._store = store
        self._pools = pools
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._process = uuid4()
        self._since = self._told_at = time.monotonic()
        self._held: dict[str, float] = {}
        self._busiest: dict[str, float] = {}

    def run_once(self) -> float:
        """Tell once; return the seconds until the next time.

        Raises:
            psycopg.Error: A statement failed.
        """
        if self._pid != os.getpid():
            self._begin()  # what was made before a fork is another process's
        now = time.monotonic()
        told = [self._figures(pool, now) for pool in self._pools()]
        self._told_at = now
        try:
            with self._store().transaction() as tx:
                for each in told:
                    figures.put(tx, each)
        except StoreUnavailableError:
            return REPORT_SECONDS  # whoever works says so; these come again
        return REPORT_SECONDS

    def _figures(self, pool: Pool, now: float) -> figures.NewFigures:
        stats = pool.stats()
        name = stats.application_name
        stretch = now - self._told_at
        if stretch > 1.0:
            lately = (stats.holds.total - self._held.get(name, 0.0)) / stretch
            self._busiest[name] = max(self._busiest.get(name, 0.0), lately)
        self._held[name] = stats.holds.total
        return figures.NewFigures(
            process=self._process,
            pool=name,
            host=socket.gethostname(),
            pid=self._pid,
            age=now - self._since,
            size=stats.size,
            in_use=stats.size - stats.idle,
            max_size=stats.max_size,
            checkouts=stats.holds.count,
            wait_seconds=stats.waits.total,
            wait_p99=stats.waits.p99,
            hold_seconds=stats.holds.total,
            hold_p99=stats.holds.p99,
            busiest=self._busiest.get(name, 0.0),
        )
