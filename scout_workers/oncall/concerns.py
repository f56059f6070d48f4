"""What of an overview needs a human, or is worth a note: a sentence each, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from scout_workers.domain.spans import span
from scout_workers.oncall import pauses
from scout_workers.store.switches import THE_PROVIDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.oncall.overview import Overview, QueueLine

LATE_SECONDS = 900.0
"""What has been ready for longer is late."""
UNPROMOTED_SECONDS = 60.0
OVERDUE_SECONDS = 300.0
"""How late a schedule or a backfill's step is when nobody can be at it any more."""
IDLE_SECONDS = 60.0
NEARLY_FULL = 0.9
_HISTORY = "backfill"


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that is not as it should be.

    Attributes:
        needs_a_hand: Whether it stays so until a human does something; else it passes by itself, or
            a human wanted it so.
        remedy: A command, or what to do in words.
    """

    needs_a_hand: bool
    subject: str
    text: str
    remedy: str


def concerns(overview: Overview) -> list[Concern]:
    """Judge an overview: what needs a hand comes first."""
    found = [
        *_workers(overview),
        *_queues(overview),
        *_providers(overview),
        *_pauses(overview),
        *_budgets(overview),
        *_backfills(overview),
        *_schedules(overview),
        *_connections(overview),
    ]
    return sorted(found, key=lambda concern: not concern.needs_a_hand)


def _hand(subject: str, text: str, remedy: str) -> Concern:
    return Concern(needs_a_hand=True, subject=subject, text=text, remedy=remedy)


def _note(subject: str, text: str, remedy: str) -> Concern:
    return Concern(needs_a_hand=False, subject=subject, text=text, remedy=remedy)


def _workers(overview: Overview) -> Iterator[Concern]:
    waiting = sum(queue.ready + queue.leased for queue in overview.queues)
    if waiting and not overview.alive:
        yield _hand(
            "workers",
            f"{overview.count(waiting)} messages wait and no worker is alive",
            "scout-workers worker",
        )
    elif waiting and not overview.claiming:
        yield _note(
            "workers",
            f"{overview.count(waiting)} messages wait, and all workers are on their way out",
            "scout-workers worker, if nobody starts others anyway",
        )
    for worker in overview.workers:
        if worker.state == "dead":
            yield _hand(
                f"worker {worker.host}:{worker.pid}",
                f"was last heard of {span(worker.heartbeat_seconds)} ago and holds "
                f"{worker.leased} messages",
                "another worker takes them over; look why this one died or froze",
            )
    versions = {worker.version for worker in overview.alive}
    if len(versions) > 1:
        yield _note(
            "workers",
            f"run different versions: {', '.join(sorted(versions))}",
            "restart the older ones when you can",
        )


def _queues(overview: Overview) -> Iterator[Concern]:
    for queue in overview.queues:
        yield from _flow(overview, queue)
        if queue.died_within_a_day:
            yield _hand(
                f"queue {queue.queue}",
                f"{overview.count(queue.died_within_a_day)} messages died within a day "
                f"({overview.count(queue.dead)} in all)",
                f"scout-workers dead list --queue {queue.queue}",
            )


def _flow(overview: Overview, queue: QueueLine) -> Iterator[Concern]:
    subject, served = f"queue {queue.queue}", bool(overview.claiming)
    overdue = -(queue.next_due_seconds or 0.0)
    if served and overdue > UNPROMOTED_SECONDS:
        yield _hand(
            subject,
            f"scheduled messages are due, the first for {span(overdue)}, and nobody makes them "
            "ready",
            "see what the workers' logs say of broker-claimer",
        )
    if not queue.ready:
        return
    waiting = f"{overview.count(queue.ready)} wait"
    if queue.paused_by is not None:
        yield _note(
            subject,
            f"{waiting}: {queue.pause}",
            f"scout-workers queue resume {quote(queue.queue)}",
        )
    elif queue.limit == 0:
        yield _note(
            subject,
            f"{waiting}: none may run, by its limit of 0",
            f"scout-workers queue limit {queue.queue} --fleet none",
        )
    elif served and not queue.workers:
        yield _hand(
            subject,
            f"{waiting} and no living worker serves it",
            f"scout-workers worker --queues {queue.queue}",
        )
    elif served and (queue.oldest_ready_seconds or 0.0) > LATE_SECONDS:
        oldest = span(queue.oldest_ready_seconds)
        full = queue.limit is not None and queue.leased >= queue.limit
        why = f", its limit of {queue.limit} is reached" if full else ""
        concern = _note if queue.queue == _HISTORY else _hand
        yield concern(
            subject,
            f"{waiting}, the first for {oldest}{why}",
            f"scout-workers why {queue.queue}; more workers or more slots",
        )


def _providers(overview: Overview) -> Iterator[Concern]:
    for line in overview.providers:
        if line.paused_by == THE_PROVIDER:
            yield _hand(
                f"provider {line.name}",
                f"refused our key, and is not asked any more: {line.paused_reason}",
                f"mend the key, then: scout-workers provider resume {quote(line.name)}",
            )
        elif line.paused_by is not None:
            yield _note(
                f"provider {line.name}",
                f"paused by {line.paused_by}: {line.paused_reason}",
                f"scout-workers provider resume {quote(line.name)}",
            )
        elif line.closed_seconds:
            yield _note(
                f"provider {line.name}",
                f"asked us to stay away for another {span(line.closed_seconds)}: "
                f"{line.closed_reason}",
                "it opens by itself",
            )


def _pauses(overview: Overview) -> Iterator[Concern]:
    for pause in overview.paused:
        if pause.kind != "provider":
            subject = pauses.what(pause).removeprefix("the ")
            yield _note(subject, pauses.why(pause), pauses.command(pause))


def _budgets(overview: Overview) -> Iterator[Concern]:
    for line in overview.budgets:
        if not line.left_microdollars:
            yield _note(
                f"budget of {line.organization}",
                f"the {line.period}'s is spent; the next begins in {span(line.seconds_left)}",
                f"scout-workers budget set {quote(line.organization)} --{line.period} DOLLARS",
            )


def _backfills(overview: Overview) -> Iterator[Concern]:
    for line in overview.backfills:
        name, overdue = str(line.id)[:8], line.overdue_seconds or 0.0
        if line.state == "running" and overdue > OVERDUE_SECONDS:
            yield _hand(
                f"backfill {name}",
                f"its next step is overdue for {span(overdue)}",
                "see that a worker serves the queue scheduled; then: "
                f"scout-workers backfill status {name} --watch",
            )
        elif line.state == "paused":
            yield _note(
                f"backfill {name}",
                f"paused ({line.state_reason})",
                f"scout-workers backfill resume {name}",
            )


def _schedules(overview: Overview) -> Iterator[Concern]:
    overdue = [line for line in overview.schedules if line.overdue_seconds > OVERDUE_SECONDS]
    if overdue:
        names = ", ".join(line.name for line in overdue)
        yield _hand(
            "schedules",
            f"nobody looks at the clock: overdue for {span(overdue[0].overdue_seconds)}: {names}",
            "a worker does ([cron] in_workers), or: scout-workers cron",
        )


def _connections(overview: Overview) -> Iterator[Concern]:
    server = overview.server
    if server.used > server.most * NEARLY_FULL:
        yield _hand(
            "connections",
            f"{server.used} of the server's {server.most} are in use",
            "end what holds them, raise max_connections, or put PgBouncer between",
        )
    for line in overview.connections:
        if (line.in_transaction_seconds or 0.0) > IDLE_SECONDS:
            yield _hand(
                "connections",
                f"{line.application} has been idle in a transaction for "
                f"{span(line.in_transaction_seconds)}",
                "scout-workers vacuum-report names the session and how to end it",
            )
