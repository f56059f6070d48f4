"""The worker processes beside this one: for whoever asks inside a container whether it works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .identity import ProcessIdentity

if TYPE_CHECKING:
    from .database import Database


@dataclass(frozen=True, slots=True)
class WorkerHere:
    """A registered worker process of this machine's or container's; `heartbeat_age` in seconds."""

    pid: int
    heartbeat_age: float
    draining: bool


def workers_here(database: Database) -> list[WorkerHere]:
    """List the worker processes whose pids mean something to the calling process.

    Raises:
        BrokerUnavailableError: The server could not be reached.
    """
    here = ProcessIdentity.current()
    asked = {"host": here.host, "boot_id": here.boot_id, "pid_space": here.pid_space}
    return [WorkerHere(*row) for row in database.run("workers_here", asked)]
