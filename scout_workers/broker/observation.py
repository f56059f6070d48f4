"""What the broker's tables show a person."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from .database import Database

LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class QueueStats:
    """What one queue holds; `oldest_ready_seconds` is None where nothing is ready."""

    queue: str
    ready: int
    scheduled: int
    leased: int
    dead: int
    oldest_ready_seconds: float | None
    paused: bool


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """One registered worker process; `heartbeat_age` is in seconds.

    Attributes:
        draining: Whether it is on its way out, whoever asked for it.
        drain_asked_by: Who asked for it in the table, and at `drain_asked_at`; None: nobody.
    """

    id: UUID
    host: str
    pid: int
    version: str
    queues: list[str]
    threads: int
    draining: bool
    started_at: datetime
    heartbeat_age: float
    leased: int
    drain_asked_at: datetime | None = None
    drain_asked_by: str | None = None


def queue_stats(database: Database) -> list[QueueStats]:
    """Count what every queue holds. Reads the whole table.

    Raises:
        BrokerUnavailableError: The server could not be reached.
    """
    return [QueueStats(*row) for row in database.run("queue_stats", {})]


def ready(database: Database, queue: str, most: int) -> int:
    """Count the messages of a queue that may be claimed now, no further than `most`.

    Raises:
        BrokerUnavailableError: The server could not be reached.
    """
    ((count,),) = database.run("ready", {"queue": queue, "most": most})
    return int(count)


def workers(database: Database) -> list[WorkerRow]:
    """List the worker processes that have registered.

    Raises:
        BrokerUnavailableError: The server could not be reached.
    """
    return [WorkerRow(*row) for row in database.run("workers", {})]


def wait_until_empty(database: Database, queue: str, timeout: float | None) -> bool:
    """Wait until a queue holds nothing, whoever works on it.

    Args:
        database: Where.
        queue: Its name.
        timeout: Milliseconds to wait at most; None: for ever.

    Returns:
        Whether it is empty; False: the time ran out.

    Raises:
        BrokerUnavailableError: The server could not be reached.
    """
    deadline = None if timeout is None else time.monotonic() + timeout / 1000
    while database.run("waiting", {"queue": queue})[0][0]:
        if deadline is not None and time.monotonic() >= deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True
