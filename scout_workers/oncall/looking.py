"""One look at everything, cheap enough to be taken every second: a dozen bounded statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.app import glance
from scout_workers.domain.gates import Limits
from scout_workers.oncall.overview import (
    BudgetLine,
    Flow,
    Overview,
    ProviderLine,
    QueueLine,
    ScheduleLine,
    WorkerLine,
)
from scout_workers.settings import ProviderSettings
from scout_workers.store import (
    backfill_reports,
    budgets,
    costs,
    figures,
    gates,
    schedules,
    server,
    switches,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scout_workers.app import App
    from scout_workers.app.glance import QueueGlance, WorkerRow
    from scout_workers.domain.schedules import Schedule
    from scout_workers.settings import Settings
    from scout_workers.store.budgets import Budget
    from scout_workers.store.gates import Gate
    from scout_workers.store.server import Server
    from scout_workers.store.switches import Pause

_MOST_BACKFILLS = 20
_TOLD_SECONDS = 60.0


def look(app: App) -> Overview:
    """Look at queues, workers, connections, providers, money, backfills and the clock.

    Raises:
        BrokerError, StoreUnavailableError, psycopg.Error: The database is away, or has no tables.
    """
    queues, workers, moved = glance.queues(app), worker_lines(app), glance.flow(app)
    with app.store.transaction() as tx:
        at = server.server(tx)
        paused = switches.paused(tx)
        return Overview(
            at=at.now,
            broker=_name_of(app),
            tells=queues is not None,
            counted_to=glance.COUNTED_TO,
            messages_about=moved.about,
            queues=queue_lines(queues or [], workers, app.settings),
            workers=workers,
            connections=server.connections(tx),
            pools=figures.lately(tx, _TOLD_SECONDS),
            server=at,
            flow=Flow(moved.put, moved.gone, moved.died, *server.flow(tx)),
            providers=provider_lines(gates.listed(tx), paused, app.settings),
            budgets=[_budget(each) for each in budgets.show(tx)],
            backfills=backfill_reports.lines(tx, active=True, limit=_MOST_BACKFILLS),
            deferred=costs.deferred(tx),
            paused=paused,
            schedules=_schedules((each for each, _ in schedules.all_of_them(tx)), at),
        )


def worker_lines(app: App) -> list[WorkerLine]:
    """List the workers with the state each is in."""
    own = app.settings.broker
    dead_after = own.heartbeat_seconds * own.dead_after_missed
    return [_worker(row, dead_after) for row in glance.workers(app)]


def queue_lines(
    found: Iterable[QueueGlance], workers: list[WorkerLine], settings: Settings
) -> list[QueueLine]:
    """Join what queues hold with who serves them; queues of the settings are there if empty."""
    held = {each.queue: each for each in found}
    lines = []
    for name in sorted({*held, *settings.queues}):
        serving = sum(1 for each in workers if each.state == "alive" and name in each.queues)
        each = held.get(name)
        slots = settings.queues.get(name)
        if each is not None and each.process_limit is not None:
            slots = each.process_limit
        lines.append(
            QueueLine(
                queue=name,
                ready=each.ready if each else 0,
                scheduled=each.scheduled if each else 0,
                leased=each.leased if each else 0,
                dead=each.dead if each else 0,
                died_within_a_day=each.died_within_a_day if each else 0,
                oldest_ready_seconds=each.oldest_ready_seconds if each else None,
                next_due_seconds=each.next_due_seconds if each else None,
                slots=None if slots is None else slots * serving,
                limit=each.global_limit if each else None,
                workers=serving,
                paused_at=each.paused_at if each else None,
                paused_by=each.paused_by if each else None,
                paused_because=each.paused_because if each else None,
            )
        )
    return lines


def provider_lines(
    found: Iterable[Gate], paused: Iterable[Pause], settings: Settings
) -> list[ProviderLine]:
    """Join gates with pauses: what holds limits, is closed, is waited for or paused."""
    closed = {(each.provider, each.model): each for each in found}
    pauses = {
        (each.provider or "", each.model or ""): each for each in paused if each.kind == "provider"
    }
    sections = {
        name: section
        for name, section in settings.providers
        if isinstance(section, ProviderSettings)
    }
    limited = {
        (name, "")
        for name, section in sections.items()
        if section.requests_per_minute or section.tokens_per_minute
    }
    lines = []
    for provider, model in sorted({*closed, *pauses, *limited}):
        gate, pause = closed.get((provider, model)), pauses.get((provider, model))
        section = None if model else sections.get(provider)
        limits = (
            Limits(section.requests_per_minute, section.tokens_per_minute) if section else Limits()
        )
        lines.append(
            ProviderLine(
                name=f"{provider}/{model}" if model else provider,
                requests_per_minute=limits.requests_per_minute,
                tokens_per_minute=limits.tokens_per_minute,
                used=limits.used(
                    gate.requests_ahead_seconds if gate else 0.0,
                    gate.tokens_ahead_seconds if gate else 0.0,
                ),
                closed_seconds=gate.closed_seconds if gate else 0.0,
                closed_reason=gate.closed_reason if gate else None,
                line_seconds=gate.live_line_seconds if gate else 0.0,
                history_line_seconds=gate.backfill_line_seconds if gate else 0.0,
                paused_by=pause.paused_by if pause else None,
                paused_reason=pause.reason if pause else None,
            )
        )
    return lines


def _name_of(app: App) -> str:
    # Two packages call theirs PostgresBroker.
    kind = type(app.broker)
    return f"{kind.__module__.partition('.')[0]}.{kind.__name__}"


def _worker(row: WorkerRow, dead_after: float) -> WorkerLine:
    state = "draining" if row.draining else "alive"
    return WorkerLine(
        id=row.id,
        host=row.host,
        pid=row.pid,
        version=row.version,
        state="dead" if row.heartbeat_age > dead_after else state,
        heartbeat_seconds=row.heartbeat_age,
        threads=row.threads,
        leased=row.leased,
        started_at=row.started_at,
        queues=row.queues,
    )


def _budget(each: Budget) -> BudgetLine:
    return BudgetLine(
        organization=each.organization,
        period=each.period,
        starts_on=each.starts_on,
        limit_microdollars=each.limit_microdollars,
        spent_microdollars=each.spent_microdollars,
        held_microdollars=each.reserved_microdollars,
        left_microdollars=each.left_microdollars,
        seconds_left=each.seconds_left,
    )


def _schedules(found: Iterable[Schedule], at: Server) -> list[ScheduleLine]:
    lines = [
        ScheduleLine(each.name, each.next_at, max((at.now - each.next_at).total_seconds(), 0.0))
        for each in found
        if each.state == "active"
    ]
    return sorted(lines, key=lambda line: line.next_at)
