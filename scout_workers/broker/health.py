"""How the broker is, seen from outside: what its housekeeping has done and what it has not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .controls import Controls
from .observation import queue_stats, workers
from .vacuum import VacuumGuard

if TYPE_CHECKING:
    from datetime import datetime

    from .controls import QueueControl
    from .database import Database
    from .observation import QueueStats, WorkerRow
    from .vacuum import VacuumReport


@dataclass(frozen=True, slots=True)
class DeadAges:
    """How many dead messages of a queue died within the last hour, day and week, and in all."""

    queue: str
    hour: int
    day: int
    week: int
    total: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """What housekeeping has before it.

    Attributes:
        orphans: Leases whose owner is gone, `orphaned_for` seconds at most.
        due: Scheduled messages that are due and not yet ready, `due_for` seconds at most.
        results: Expired results to be removed.
        limits: Expired counters of rate limits to be removed.
        parties: Expired parties of barriers to be removed.
        dead: Dead messages older than they are kept.
        aborts: Requests to abort that are still open, `aborting_for` seconds at most.
    """

    orphans: int
    orphaned_for: float | None
    due: int
    due_for: float | None
    results: int
    limits: int
    parties: int
    dead: int
    aborts: int
    aborting_for: float | None


@dataclass(frozen=True, slots=True)
class HealthReport:
    """Everything that was looked at; `dead_after` is the silence, in seconds, that means death."""

    queues: list[QueueStats]
    controls: list[QueueControl]
    workers: list[WorkerRow]
    dead_after: float
    pending: Pending
    dead: list[DeadAges]
    vacuum: VacuumReport


class Health:
    """Looks at everything, and changes nothing. Reads whole tables: for persons and their alarms.

    Args:
        database: Where.
        dead_after: The silence, in seconds, that means a worker's death.
        keep_dead: For how many seconds dead messages are kept; None: for ever.
    """

    def __init__(self, database: Database, *, dead_after: float, keep_dead: float | None) -> None:
        self._database = database
        self._dead_after = dead_after
        self._keep_dead = keep_dead

    def look(self) -> HealthReport:
        """Look.

        Raises:
            BrokerUnavailableError: The server could not be reached.
            BrokerError: The schema is not there.
        """
        database = self._database
        (pending,) = database.run("health_counts", {"kept_seconds": self._keep_dead})
        return HealthReport(
            queues=queue_stats(database),
            controls=Controls(database).all(),
            workers=workers(database),
            dead_after=self._dead_after,
            pending=Pending(*pending),
            dead=[DeadAges(*row) for row in database.run("dead_ages", {})],
            vacuum=VacuumGuard(database).look(),
        )
