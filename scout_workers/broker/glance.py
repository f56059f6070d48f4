"""What every queue holds, at a glance: cheap enough to be asked every second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from .database import Database

COUNTED_TO = 10_000
"""No further than this is counted: of more it is enough to know that they are more."""


@dataclass(frozen=True, slots=True)
class QueueGlance:
    """What one queue holds, and what was said of it.

    Attributes:
        ready: Those that may be claimed now. This and all counts go no further than `COUNTED_TO`
            (of ready ones, of each priority; of scheduled ones, of all queues together).
        died_within_a_day: How many of the dead died lately.
        oldest_ready_seconds: For how long whoever is next has been ready; None: nobody is.
        next_due_seconds: Until the first scheduled one is due; negative: it is overdue.
        paused_by: Who paused it, and `paused_because` why; None: it is not paused.
        global_limit: The most under lease in the whole fleet; None: no limit.
        process_limit: The most one process may hold, by an operator's word; None: as the settings
            have it.
    """

    queue: str
    ready: int
    scheduled: int
    leased: int
    dead: int
    died_within_a_day: int
    oldest_ready_seconds: float | None
    next_due_seconds: float | None
    paused_at: datetime | None
    paused_by: str | None
    paused_because: str | None
    global_limit: int | None
    process_limit: int | None


@dataclass(frozen=True, slots=True)
class Flow:
    """How many messages were ever put in and are gone again, and how many died: two make a rate.

    Attributes:
        about: How many there are now, by the server's estimate.
    """

    put: int
    gone: int
    died: int
    about: int


def flow(database: Database) -> Flow:
    """Read the server's own counters; they are late by a second or so.

    Raises:
        BrokerUnavailableError: The server could not be reached.
    """
    (row,) = database.run("flow", {"schema": database.schema})
    return Flow(*row)


def glance(database: Database, most: int = COUNTED_TO) -> list[QueueGlance]:
    """Tell what every queue holds that holds anything or of which anything was said.

    Raises:
        BrokerUnavailableError: The server could not be reached.
        BrokerError: The schema is not there.
    """
    return [QueueGlance(*row) for row in database.run("glance", {"most": most})]
