"""A Dramatiq broker on plain Postgres: polling, fenced, safe behind PgBouncer.

from scout_workers.broker import PostgresBroker, migrate
"""

from __future__ import annotations

from importlib.resources import files

from .aborts import Aborted
from .acts import Act
from .claimed import ClaimedMessage, Lease
from .claimer import Polling
from .controls import QueueControl
from .dead_rows import DeadGroup, DeadMessage, Which
from .errors import (
    BrokerError,
    BrokerUnavailableError,
    ChangedMigrationError,
    LeaseLostError,
    MessageTooLargeError,
    MigrationError,
    NewerDatabaseError,
)
from .findings import Finding, findings
from .fleet import LeaseRow
from .glance import COUNTED_TO, Flow, QueueGlance, flow, glance
from .health import Health, HealthReport
from .heart import Pulse
from .here import WorkerHere, workers_here
from .migrator import Migration, MigrationRow, Migrator
from .observation import QueueStats, WorkerRow
from .options import EngineOptions
from .pool import Pool, PoolStats
from .postgres_broker import PostgresBroker
from .rate_limits import PostgresRateLimits
from .results import PostgresResults
from .timings import Recorder, Timing
from .whereabouts import Whereabouts, find

MIGRATIONS = files(__package__).joinpath("migrations")


def migrate(dsn: str, schema: str = "scout_broker") -> int:
    """Bring the broker's schema up to date; safe when many processes start at once.

    Returns:
        How many migrations this call applied.

    Raises:
        MigrationError: A file changed, failed, or the database is ahead of this release.
    """
    return Migrator(dsn, schema=schema, folder=MIGRATIONS).apply()


__all__ = [
    "COUNTED_TO",
    "MIGRATIONS",
    "Aborted",
    "Act",
    "BrokerError",
    "BrokerUnavailableError",
    "ChangedMigrationError",
    "ClaimedMessage",
    "DeadGroup",
    "DeadMessage",
    "EngineOptions",
    "Finding",
    "Flow",
    "Health",
    "HealthReport",
    "Lease",
    "LeaseLostError",
    "LeaseRow",
    "MessageTooLargeError",
    "Migration",
    "MigrationError",
    "MigrationRow",
    "Migrator",
    "NewerDatabaseError",
    "Polling",
    "Pool",
    "PoolStats",
    "PostgresBroker",
    "PostgresRateLimits",
    "PostgresResults",
    "Pulse",
    "QueueControl",
    "QueueGlance",
    "QueueStats",
    "Recorder",
    "Timing",
    "Whereabouts",
    "Which",
    "WorkerHere",
    "WorkerRow",
    "find",
    "findings",
    "flow",
    "glance",
    "migrate",
    "workers_here",
]
