"""Findings about the work: queues and those who serve them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers import __version__
from scout_workers.cli.broker_view import name_of, queue_lines, tells, worker_lines
from scout_workers.cli.doctor.findings import ok, warn
from scout_workers.cli.words import duration
from scout_workers.store import schedules as store_schedules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.app import App
    from scout_workers.cli.doctor.findings import Finding

_LONG_WAIT_SECONDS = 600.0
_OVERDUE = 300.0


def queues(app: App) -> Iterator[Finding]:
    """Whether messages flow."""
    if not tells(app.broker):
        yield ok("queues", f"{name_of(app.broker)} does not tell what they hold")
        return
    lines = queue_lines(app.broker)
    ready = sum(line.ready for line in lines)
    leased = sum(line.leased for line in lines)
    scheduled = sum(line.scheduled for line in lines)
    yield ok("queues", f"{ready} messages ready, {leased} leased, {scheduled} scheduled")
    for line in lines:
        subject = f"queue {line.queue}"
        if line.dead:
            yield warn(
                subject,
                f"{line.dead} dead messages",
                f"see what killed them: `scout-workers dead list --queue {line.queue}`",
            )
        if line.paused:
            yield warn(
                subject,
                "is paused: its messages wait",
                f"when it may go on: `scout-workers queue resume {line.queue}`",
            )
        waiting = line.ready + line.scheduled
        if waiting and line.queue not in app.settings.queues:
            yield warn(
                subject,
                f"has {waiting} messages, and queues.toml does not name it: nobody serves it",
                "give it slots in queues.toml (or SCOUT_QUEUES__<QUEUE>)",
            )
        elif (line.oldest_ready_seconds or 0) > _LONG_WAIT_SECONDS and not line.paused:
            yield warn(
                subject,
                f"its oldest message has been ready for {duration(line.oldest_ready_seconds)}",
                "start more workers, or give the queue more slots",
            )


def schedules(app: App) -> Iterator[Finding]:
    """Whether somebody looks at the clock."""
    wanted = [name for name, entry in app.settings.schedule.items() if entry.enabled]
    with app.store.transaction() as tx:
        known = store_schedules.all_of_them(tx)
        now = store_schedules.look(tx, unsent_after=_LONG_WAIT_SECONDS).now
    running = [(each, last) for each, last in known if each.state == "active"]
    looking = "a worker does so ([cron] in_workers), or: scout-workers cron"
    if not known and wanted:
        yield warn(
            "schedules",
            f"{len(wanted)} stand in the settings, and nobody has ever looked at the clock",
            f"they are brought in when somebody does: {looking}",
        )
        return
    overdue = [each.name for each, _ in running if (now - each.next_at).total_seconds() > _OVERDUE]
    if overdue:
        yield warn(
            "schedules", f"overdue: {', '.join(overdue)}: nobody looks at the clock", looking
        )
    else:
        never = [each.name for each, last in running if last is None]
        told = f"; not yet run: {', '.join(never)}" if never else ""
        yield ok("schedules", f"{len(running)} run, none is overdue{told}")
    paused = [each.name for each, _ in known if each.state == "paused"]
    if paused:
        yield ok("schedules paused", f"{', '.join(paused)}; scout-workers cron resume NAME")


def workers(app: App) -> Iterator[Finding]:
    """Whether somebody works, and is alive."""
    if not tells(app.broker):
        return
    lines = worker_lines(app.broker)
    own = app.settings.broker
    dead_after = own.heartbeat_seconds * own.dead_after_missed
    alive = [line for line in lines if line.state(dead_after) != "dead"]
    if not alive:
        yield warn("workers", "none is running", "start one with `scout-workers worker`")
    else:
        oldest = max(line.heartbeat_age for line in alive)
        yield ok("workers", f"{len(alive)} alive, last heard of within {duration(oldest)}")
    for line in lines:
        name = f"worker {line.host}:{line.pid}"
        if line.state(dead_after) == "dead":
            yield warn(
                name,
                f"no heartbeat for {duration(line.heartbeat_age)}, {line.leased} messages leased",
                "any running worker takes its messages over; look why it died",
            )
        elif line.version != __version__:
            yield warn(
                name,
                f"runs version {line.version}, this is {__version__}",
                "restart it with the same version",
            )
