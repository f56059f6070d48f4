"""What an operator says to a schedule: pause, resume, run now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.domain.schedules import Run
from scout_workers.scheduling import sending, times
from scout_workers.store import schedules

if TYPE_CHECKING:
    from datetime import datetime

    from scout_workers.store import Store


class NoScheduleError(Exception):
    """There is no schedule of that name."""


def pause(store: Store, name: str, by: str) -> bool:
    """Send nothing for a schedule until it is resumed; False: it was paused already.

    Raises:
        NoScheduleError: There is none of that name.
    """
    with store.transaction() as tx:
        if schedules.lock(tx, name) is None:
            raise NoScheduleError(name)
        return schedules.pause(tx, name, by)


def resume(store: Store, name: str, *, moment: datetime | None = None) -> bool:
    """End a pause; what passed during it is not made up for. False: it was not paused.

    Raises:
        NoScheduleError: There is none of that name.
    """
    with store.transaction() as tx:
        schedule = schedules.lock(tx, name)
        if schedule is None:
            raise NoScheduleError(name)
        now = moment or schedules.look(tx, unsent_after=0).now
        following = times.first_after(schedule.cron, schedule.time_zone, now)
        return schedules.resume(tx, name, following)


def run_now(store: Store, name: str) -> Run:
    """Send for a schedule once, now, whatever its times are and whether it is paused.

    Raises:
        NoScheduleError: There is none of that name.
    """
    with store.transaction() as tx:
        schedule = schedules.lock(tx, name)
        if schedule is None:
            raise NoScheduleError(name)
        now = schedules.look(tx, unsent_after=0).now
        run = Run(name, now, schedule.actor, schedule.arguments)
        sending.with_run(tx, run, asked_by="operator")
    sending.after_commit(store, run)
    return run
