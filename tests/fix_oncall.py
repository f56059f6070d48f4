"""An overview of a house that is well, to be changed by a test in one thing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from scout_workers.oncall import (
    BudgetLine,
    Flow,
    Overview,
    ProviderLine,
    QueueLine,
    ScheduleLine,
    WorkerLine,
)
from scout_workers.store.server import Connections, Server

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ME = UUID(int=7)
QUEUE = QueueLine(
    queue="processing",
    ready=3,
    scheduled=1,
    leased=2,
    dead=4,
    died_within_a_day=0,
    oldest_ready_seconds=20.0,
    next_due_seconds=-1.0,
    slots=12,
    limit=None,
    workers=1,
    paused_at=None,
    paused_by=None,
)
WORKER = WorkerLine(ME, "h", 7, "1", "alive", 1.0, 12, 2, NOW, ["processing"])
PROVIDER = ProviderLine("openai", 60, 0, 0.5, 0.0, None, 0.0, 0.0, None, None)
BUDGET = BudgetLine("Acme", "day", date(2026, 6, 1), 100, 40, 10, 50, 3600.0)
APP = Connections("scout_app", 3, 1, 2, 0, None)
WELL = Overview(
    at=NOW,
    broker="scout_workers.PostgresBroker",
    tells=True,
    counted_to=10_000,
    messages_about=6,
    queues=[QUEUE],
    workers=[WORKER],
    connections=[APP],
    pools=[],
    server=Server(10, 100, NOW),
    flow=Flow(9, 3, 0, 5, 5),
    providers=[PROVIDER],
    budgets=[BUDGET],
    backfills=[],
    deferred=[],
    paused=[],
    schedules=[ScheduleLine("sweep", NOW + timedelta(minutes=1), 0.0)],
)
