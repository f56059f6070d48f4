"""What a look at the broker's health finds: a sentence each, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .vacuum import FEW_DEAD_ROWS, HELD_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .health import HealthReport
    from .observation import QueueStats
    from .vacuum import Holder, VacuumReport

WAITED_SECONDS = 900.0  # what is ready for longer is late
LATE_SECONDS = 60.0  # what housekeeping has not done by then it does not do
IDLE_SECONDS = 60.0
MANY_EXPIRED = 10_000
FAR_BEHIND = 10_000  # transactions; where seconds are not shown


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        good: Whether it needs nobody's hand.
        subject: What was looked at, in a word or two.
        text: What was found.
        remedy: What to do, or could be done.
    """

    good: bool
    subject: str
    text: str
    remedy: str = ""


def findings(report: HealthReport) -> list[Finding]:
    """Judge a report; what is well is said in a line for each subject."""
    found = []
    for subject, look, well in (
        ("workers", _workers, _all_well(report)),
        ("queues", _queues, "nothing waits for longer than it should"),
        ("housekeeping", _housekeeping, "no lease is orphaned, nothing is late or left over"),
        ("dead messages", _dead, "none died within a day"),
        ("vacuum", _vacuum, f"{report.vacuum.dead} dead rows; nobody holds them back for long"),
    ):
        bad = list(look(report))
        found += bad or [Finding(good=True, subject=subject, text=well)]
    return found + list(_hidden(report))


def _all_well(report: HealthReport) -> str:
    count = len(report.workers)
    return f"{count}, each heard of lately" if count else "none, and nothing for one to do"


def _bad(subject: str, text: str, remedy: str) -> Finding:
    return Finding(good=False, subject=subject, text=text, remedy=remedy)


def _workers(report: HealthReport) -> Iterator[Finding]:
    for worker in report.workers:
        if worker.heartbeat_age > report.dead_after:
            yield _bad(
                "workers",
                f"{worker.host}:{worker.pid} was last heard of {worker.heartbeat_age:.0f} s ago "
                f"and has {worker.leased} messages",
                "another worker will take them over; start one, or look why this one is frozen",
            )
    if not report.workers and any(stats.ready or stats.leased for stats in report.queues):
        yield _bad("workers", "there is work and no worker", "start one")


def _queues(report: HealthReport) -> Iterator[Finding]:
    served = {queue for worker in report.workers for queue in worker.queues}
    controls = {control.queue: control for control in report.controls}
    for stats in report.queues:
        control = controls.get(stats.queue)
        if not stats.ready:
            continue
        if control is not None and control.paused_at is not None:
            yield _bad(
                f"queue {stats.queue}",
                f"{stats.ready} messages wait: {control.paused_by} paused it at "
                f"{control.paused_at:%Y-%m-%d %H:%M %Z}",
                "resume it when the reason is gone",
            )
        elif control is not None and control.global_limit == 0:
            yield _bad(
                f"queue {stats.queue}",
                f"{stats.ready} messages wait: none may run, by its limit of 0",
                "raise the limit, or take it away",
            )
        elif report.workers and stats.queue not in served:
            yield _bad(
                f"queue {stats.queue}",
                f"{stats.ready} messages wait and no worker serves it",
                "start a worker for it",
            )
        elif (stats.oldest_ready_seconds or 0.0) > WAITED_SECONDS:
            yield _late(stats)


def _late(stats: QueueStats) -> Finding:
    return _bad(
        f"queue {stats.queue}",
        f"{stats.ready} messages wait, the first for {stats.oldest_ready_seconds:.0f} s",
        "more workers, or more places for it in each; look into what the leased ones do",
    )


def _housekeeping(report: HealthReport) -> Iterator[Finding]:
    pending = report.pending
    if pending.orphans and (pending.orphaned_for or 0.0) > report.dead_after + LATE_SECONDS:
        yield _bad(
            "housekeeping",
            f"{pending.orphans} messages are leased to workers that are gone, and not yet rescued",
            "any worker does it within half a minute: start one, or if they stay although one "
            "runs, see what its log says of broker-rescuer",
        )
    if pending.due and (pending.due_for or 0.0) > LATE_SECONDS:
        yield _bad(
            "housekeeping",
            f"{pending.due} scheduled messages are due, one for {pending.due_for:.0f} s",
            "any worker promotes them: start one, or see what its log says of broker-claimer",
        )
    if pending.aborts and (pending.aborting_for or 0.0) > report.dead_after + LATE_SECONDS:
        yield _bad(
            "housekeeping",
            f"{pending.aborts} messages were to be aborted and go on, one for "
            f"{pending.aborting_for:.0f} s",
            "their actors do not come back; restart those workers",
        )
    expired = {
        "results": pending.results,
        "counters of rate limits": pending.limits,
        "parties of barriers": pending.parties,
        "dead messages": pending.dead,
    }
    many = [f"{count} {name}" for name, count in expired.items() if count > MANY_EXPIRED]
    if many:
        yield _bad(
            "housekeeping",
            f"{' and '.join(many)} have expired and are still there",
            "every worker removes them, 1,000 at a time: start one, or see what its log says of "
            "broker-pruner",
        )


def _dead(report: HealthReport) -> Iterator[Finding]:
    for ages in report.dead:
        if ages.day:
            yield _bad(
                "dead messages",
                f"{ages.day} of queue {ages.queue} died within a day, {ages.hour} of them within "
                f"an hour ({ages.total} in all)",
                "look at their errors; retry them when the cause is gone, or drop them",
            )


def _vacuum(report: HealthReport) -> Iterator[Finding]:
    return vacuum_findings(report.vacuum)


def vacuum_findings(vacuum: VacuumReport) -> Iterator[Finding]:
    """Say of vacuum only what needs a hand."""
    if not vacuum.server.autovacuum:
        yield _bad("vacuum", "autovacuum is off in this server", "ALTER SYSTEM SET autovacuum = on")
    holding = vacuum.oldest
    held_back = holding is not None and vacuum.dead > FEW_DEAD_ROWS and _is_old(holding)
    if held_back and holding is not None:
        yield _bad(
            "vacuum",
            f"{vacuum.dead} dead rows may not be removed before an old snapshot ends: {holding}, "
            f"{_since(holding)}{_doing(holding)}",
            holding.remedy,
        )
    for holder in vacuum.holders:
        if (holder.idle_seconds or 0.0) > IDLE_SECONDS:
            yield _bad(
                "transactions",
                f"{holder}, for {holder.idle_seconds:.0f} s{_doing(holder)}",
                f"{holder.remedy}; a role's idle_in_transaction_session_timeout prevents it",
            )
        elif (holder.open_seconds or 0.0) > HELD_SECONDS and not (held_back and holder is holding):
            yield _bad("transactions", f"{holder}, {_since(holder)}{_doing(holder)}", holder.remedy)
    for table in vacuum.tables:
        if not held_back and table.dead > max(2 * table.due_at, FEW_DEAD_ROWS):
            yield _bad(
                "vacuum",
                f"{table.name} has {table.dead} dead rows, and autovacuum was to come at "
                f"{table.due_at:.0f}",
                "more autovacuum_max_workers, or less for them to do elsewhere; for now: "
                f"VACUUM the table {table.name}",
            )


def _is_old(holder: Holder) -> bool:
    if holder.open_seconds is None:
        return (holder.behind or 0) > FAR_BEHIND
    return holder.open_seconds > HELD_SECONDS


def _since(holder: Holder) -> str:
    behind = "" if holder.behind is None else f", {holder.behind} transactions behind"
    if holder.open_seconds is None:
        return f"since when this role is not shown{behind}"
    return f"open for {holder.open_seconds:.0f} s{behind}"


def _doing(holder: Holder) -> str:
    return f": {' '.join(holder.query.split())}" if holder.query else ""


def _hidden(report: HealthReport) -> Iterator[Finding]:
    server = report.vacuum.server
    if not server.sees_all:
        yield Finding(
            good=True,
            subject="role",
            text=f"{server.role!r} is not shown what other roles' sessions do, nor since when: "
            "of those, long transactions are told by their number of transactions alone",
            remedy=f'GRANT pg_read_all_stats TO "{server.role}" would show it',
        )
