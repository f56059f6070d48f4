"""Findings about the work: queues and those who serve them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers import __version__
from scout_workers.cli.broker_view import name_of, queue_lines, tells, worker_lines
from scout_workers.cli.doctor.findings import ok, warn
from scout_workers.cli.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.app import App
    from scout_workers.cli.doctor.findings import Finding

_LONG_WAIT_SECONDS = 600.0


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
                "see why in `scout-workers analyses list --state failed` and the workers' logs",
            )
        if line.paused:
            yield warn(subject, "is paused: its messages wait", "resume it when it may go on")
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
