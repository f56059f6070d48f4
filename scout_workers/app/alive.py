"""Whether the worker processes beside this one are heard of, as far as a broker tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.app.brokers.postgres import engine_options
from scout_workers.broker import (
    BrokerUnavailableError,
    PostgresBroker,
    WorkerHere,
    workers_here,
)

if TYPE_CHECKING:
    from scout_workers.app.app import App


@dataclass(frozen=True, slots=True)
class Pulses:
    """The worker processes of this machine or container; `dead_after` is in seconds of silence."""

    workers: list[WorkerHere]
    dead_after: float

    @property
    def silent(self) -> list[WorkerHere]:
        """Those that were not heard of for too long."""
        return [each for each in self.workers if each.heartbeat_age > self.dead_after]

    @property
    def good(self) -> bool:
        """Whether there is one, and none is silent."""
        return bool(self.workers) and not self.silent


def look(app: App) -> Pulses | None:
    """Ask the broker's table.

    Returns:
        What it says; None: nobody can tell, since another broker keeps the messages, or since the
        database is away, which is no fault of a worker's.

    Raises:
        BrokerError: The tables are not there.
    """
    broker = app.broker
    if not isinstance(broker, PostgresBroker):
        return None
    try:
        workers = workers_here(broker.outbox.database)
    except BrokerUnavailableError:
        return None
    return Pulses(workers, engine_options(app.settings).pulse.dead_after)
