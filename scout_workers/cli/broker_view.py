"""What the command line learns of a broker; not every broker can tell."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from dramatiq import Broker


@dataclass(frozen=True, slots=True)
class QueueLine:
    """What one queue holds; `oldest_ready_seconds` is None where nothing is ready."""

    queue: str
    ready: int
    scheduled: int
    leased: int
    dead: int
    oldest_ready_seconds: float | None
    paused: bool


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """One worker process that has registered; `heartbeat_age` is in seconds."""

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

    def state(self, dead_after: float) -> str:
        """Say in a word how it is; `dead_after` is in seconds without a heartbeat."""
        if self.heartbeat_age > dead_after:
            return "dead"
        return "draining" if self.draining else "alive"


@runtime_checkable
class _TellingBroker(Protocol):
    def queue_stats(self) -> Iterable[object]: ...
    def workers(self) -> Iterable[object]: ...


def name_of(broker: Broker) -> str:
    """Name a kind of broker: two packages call theirs PostgresBroker."""
    kind = type(broker)
    return f"{kind.__module__.partition('.')[0]}.{kind.__name__}"


def tells(broker: Broker) -> bool:
    """Whether a broker tells what its queues hold and who works on them, as ours does."""
    return isinstance(broker, _TellingBroker)


def queue_lines(broker: Broker) -> list[QueueLine]:
    """Return what each queue holds; none from a broker that does not tell."""
    rows = broker.queue_stats() if isinstance(broker, _TellingBroker) else ()
    return [_copied(QueueLine, row) for row in rows]


def worker_lines(broker: Broker) -> list[WorkerLine]:
    """Return the registered worker processes; none from a broker that does not tell."""
    rows = broker.workers() if isinstance(broker, _TellingBroker) else ()
    return [_copied(WorkerLine, row) for row in rows]


Line = TypeVar("Line", QueueLine, WorkerLine)


def _copied(kind: type[Line], row: object) -> Line:
    # The broker's own types are out of reach up here, and it may tell more than is shown.
    values: dict[str, Any] = {each.name: getattr(row, each.name) for each in fields(kind)}
    return kind(**values)
