"""Schedules and the times they were sent for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.schedules import Misfire, Run, Schedule
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from scout_workers.domain.schedules import Entry
    from scout_workers.store.transaction import Row, Transaction

_PUT = query("schedules_put")
_RETIRE = query("schedules_retire")
_LOOK = query("schedules_look")
_DUE = query("schedules_due")
_TAKE = query("schedules_take")
_ADVANCE = query("schedules_advance")
_LIST = query("schedules_list")
_LOCK = query("schedules_lock")
_PAUSE = query("schedules_pause")
_RESUME = query("schedules_resume")
_INSERT_RUN = query("schedule_runs_insert")
_SENT = query("schedule_runs_sent")
_TAKE_UNSENT = query("schedule_runs_take_unsent")
_LATEST = query("schedule_runs_latest")


@dataclass(frozen=True, slots=True)
class Look:
    """What a scheduler is told when it looks at the clock.

    Attributes:
        now: The database's time, which is everybody's.
        next_at: When the next schedule is due; None: there is none that runs.
        unsent: Whether a run was left unsent for too long.
    """

    now: datetime
    next_at: datetime | None
    unsent: bool


@dataclass(frozen=True, slots=True)
class PastRun:
    """One time a schedule was sent for, as it is remembered."""

    scheduled_for: datetime
    asked_by: str
    created_at: datetime
    sent_at: datetime | None
    message_id: str | None


def put(tx: Transaction, entry: Entry, next_at: datetime) -> bool:
    """Write down an entry of the settings; return whether anything of it was news.

    Args:
        tx: The open transaction.
        entry: What the settings say.
        next_at: Its next time, should it begin anew.
    """
    values = {
        "name": entry.name,
        "cron": entry.cron,
        "time_zone": entry.time_zone,
        "actor": entry.actor,
        "arguments": list(entry.arguments),
        "misfire": entry.misfire,
        "enabled": entry.enabled,
        "next_at": next_at,
    }
    return tx.execute(_PUT, values) == 1


def retire_others(tx: Transaction, names: Collection[str]) -> list[str]:
    """Retire all schedules but these, and return the names of those that were not yet."""
    return [name for (name,) in tx.rows(_RETIRE, {"names": list(names)})]


def look(tx: Transaction, *, unsent_after: float) -> Look:
    """Look at the clock; `unsent_after`: seconds after which a run should have been sent."""
    row = tx.row(_LOOK, {"after": unsent_after})
    assert row is not None  # an aggregate always has a row
    return Look(*row)


def due(tx: Transaction, moment: datetime) -> list[str]:
    """Name the schedules whose time has come."""
    return [name for (name,) in tx.rows(_DUE, {"moment": moment})]


def take(tx: Transaction, name: str, moment: datetime) -> Schedule | None:
    """Take a due schedule for this transaction; None: somebody else has it, or it is not due."""
    row = tx.row(_TAKE, {"name": name, "moment": moment})
    return None if row is None else _schedule(row)


def advance(tx: Transaction, name: str, next_at: datetime, *, missed: int) -> None:
    """Note that all times before `next_at` are dealt with; `missed` of them not made up for."""
    tx.execute(_ADVANCE, {"name": name, "next_at": next_at, "missed": missed})


def all_of_them(tx: Transaction) -> list[tuple[Schedule, datetime | None]]:
    """Return every schedule with the latest time it was sent for."""
    return [(_schedule(row[:-1]), row[-1]) for row in tx.rows(_LIST, {})]


def lock(tx: Transaction, name: str) -> Schedule | None:
    """Return a schedule; no tick of it is sent before this transaction ends."""
    row = tx.row(_LOCK, {"name": name})
    return None if row is None else _schedule(row)


def pause(tx: Transaction, name: str, by: str) -> bool:
    """Pause a schedule; False: it was paused before."""
    return tx.execute(_PAUSE, {"name": name, "by": by}) == 1


def resume(tx: Transaction, name: str, next_at: datetime) -> bool:
    """End a pause, with the next time to come; False: it was not paused."""
    return tx.execute(_RESUME, {"name": name, "next_at": next_at}) == 1


def insert_run(tx: Transaction, run: Run, *, asked_by: str = "clock") -> bool:
    """Take the right to send for this time; False: somebody has it."""
    values = {
        "schedule": run.schedule,
        "scheduled_for": run.scheduled_for,
        "asked_by": asked_by,
    }
    return tx.execute(_INSERT_RUN, values) == 1


def mark_sent(tx: Transaction, run: Run, message_id: str) -> None:
    """Note that a run's message is on its way."""
    values = {
        "schedule": run.schedule,
        "scheduled_for": run.scheduled_for,
        "message_id": message_id,
    }
    tx.execute(_SENT, values)


def take_unsent(tx: Transaction, *, after: float, most: int) -> list[Run]:
    """Return runs that were not sent `after` seconds after it was tried, to be sent now."""
    rows = tx.rows(_TAKE_UNSENT, {"after": after, "most": most})
    return [Run(name, moment, actor, tuple(given)) for name, moment, actor, given in rows]


def latest_runs(tx: Transaction, name: str, *, limit: int) -> list[PastRun]:
    """Return the latest times a schedule was sent for, newest first."""
    return [PastRun(*row) for row in tx.rows(_LATEST, {"name": name, "limit": limit})]


def _schedule(row: Row) -> Schedule:
    name, cron, time_zone, actor, arguments, misfire, *rest = row
    return Schedule(name, cron, time_zone, actor, tuple(arguments), Misfire(misfire), *rest)
