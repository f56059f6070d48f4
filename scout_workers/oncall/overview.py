"""Everything of one look, as plain data: what is shown, judged, and written as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from scout_workers.store.backfill_reports import BackfillLine
    from scout_workers.store.costs import Deferred
    from scout_workers.store.figures import PoolFigures
    from scout_workers.store.server import Connections, Server
    from scout_workers.store.switches import Pause


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue.

    Attributes:
        ready, scheduled, leased, dead, died_within_a_day: Counted no further than `counted_to`
            of the overview.
        oldest_ready_seconds: For how long the next has been ready; None: none is.
        next_due_seconds: Until the first scheduled one is due; negative: it is overdue.
        slots: How many the living workers may hold of it together; None: no limit of the settings.
        limit: The most under lease in the whole fleet, by an operator's word; None: no such limit.
        workers: How many living processes serve it.
        paused_by: Who paused it, and `paused_because` why; None: it is not paused.
    """

    queue: str
    ready: int
    scheduled: int
    leased: int
    dead: int
    died_within_a_day: int
    oldest_ready_seconds: float | None
    next_due_seconds: float | None
    slots: int | None
    limit: int | None
    workers: int
    paused_at: datetime | None
    paused_by: str | None
    paused_because: str | None = None

    @property
    def pause(self) -> str:
        """Say in words that it is paused, by whom, since when and why."""
        since = "" if self.paused_at is None else f" since {self.paused_at:%Y-%m-%d %H:%M %Z}"
        why = f": {self.paused_because}" if self.paused_because else ""
        return f"paused by {self.paused_by}{since}{why}"

    @property
    def waits(self) -> int:
        """How many wait or are under way."""
        return self.ready + self.scheduled + self.leased


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """One worker process.

    Attributes:
        state: "alive", "draining" or "dead".
        heartbeat_seconds: Since it was last heard of.
        leased: How many messages it holds; what it has not begun with is among them.
    """

    id: UUID
    host: str
    pid: int
    version: str
    state: str
    heartbeat_seconds: float
    threads: int
    leased: int
    started_at: datetime
    queues: list[str]


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """A provider, or one of its models.

    Attributes:
        name: "openai", "openai/the-model".
        used: How much of what it may be asked just now is used, 0 to 1; None: no limit of ours.
        closed_seconds: Until its gate opens; 0: it is open.
        line_seconds: Until the last of those who wait was told to come; of history likewise.
    """

    name: str
    requests_per_minute: int
    tokens_per_minute: int
    used: float | None
    closed_seconds: float
    closed_reason: str | None
    line_seconds: float
    history_line_seconds: float
    paused_by: str | None
    paused_reason: str | None

    @property
    def open(self) -> bool:
        """Whether it may be asked now."""
        return not self.closed_seconds and self.paused_by is None


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A budget and its window of today, in millionths of a dollar."""

    organization: str
    period: str
    starts_on: date
    limit_microdollars: int
    spent_microdollars: int
    held_microdollars: int
    left_microdollars: int
    seconds_left: float


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """A schedule that runs; `overdue_seconds` is 0 while its next time is to come."""

    name: str
    next_at: datetime
    overdue_seconds: float


@dataclass(frozen=True, slots=True)
class Flow:
    """The server's own counters since it began to count, late by a second or so.

    Attributes:
        put, gone, died: Messages that were put in, that left, and that died.
        captures, calls: Captures that came, calls of models that were begun.
    """

    put: int
    gone: int
    died: int
    captures: int
    calls: int


@dataclass(frozen=True, slots=True)
class Overview:
    """One look at everything.

    Attributes:
        at: By the database's clock.
        broker: What kind of broker it is.
        tells: Whether it tells what its queues hold.
        counted_to: No further than this was counted.
        messages_about: How many there are, by the server's estimate.
        deferred: Why analyses are deferred.
        pools: What worker processes told of theirs within a minute.
        paused: What somebody paused, but for queues.
        schedules: Those that run, the most overdue first.
    """

    at: datetime
    broker: str
    tells: bool
    counted_to: int
    messages_about: int
    queues: list[QueueLine]
    workers: list[WorkerLine]
    connections: list[Connections]
    pools: list[PoolFigures]
    server: Server
    flow: Flow
    providers: list[ProviderLine]
    budgets: list[BudgetLine]
    backfills: list[BackfillLine]
    deferred: list[Deferred]
    paused: list[Pause]
    schedules: list[ScheduleLine]

    @property
    def alive(self) -> list[WorkerLine]:
        """The workers that are heard of."""
        return [worker for worker in self.workers if worker.state != "dead"]

    @property
    def claiming(self) -> list[WorkerLine]:
        """The workers that still take messages: alive, and not on their way out."""
        return [worker for worker in self.workers if worker.state == "alive"]

    def count(self, messages: int) -> str:
        """Write how many messages were counted: "10,000+" where there may be more."""
        return f"{messages:,}{'+' * (messages >= self.counted_to)}"
