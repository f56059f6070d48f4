"""One look at the clock: what is due is sent, by whichever scheduler comes first."""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from scout_workers.domain.schedules import Run, wanted
from scout_workers.scheduling import sending, times
from scout_workers.store import schedules

if TYPE_CHECKING:
    from datetime import datetime

    from scout_workers.domain.schedules import Schedule
    from scout_workers.store import Store

logger = logging.getLogger(__name__)

LEAST_SECONDS = 1.0
MOST_UNSENT = 100
RUNS_AT_ONCE = 25
"""Of one schedule in one transaction, which must end long before its connection's time is up."""


@dataclass(slots=True)
class Tick:
    """What came of one look.

    Attributes:
        sent: The runs that were this scheduler's to send, oldest first of each schedule.
        next_at: When there is something to do again; None: nothing is scheduled.
        wait_seconds: How long to sleep until the next look.
    """

    sent: list[Run] = field(default_factory=list)
    next_at: datetime | None = None
    wait_seconds: float = LEAST_SECONDS


class Scheduler:
    """Sends each time of each schedule once, however many of its kind there are.

    A schedule's row is locked while its due times are written down; the primary key of the runs
    refuses what was sent before all the same.

    Args:
        store: Where schedules and runs are remembered.
        look_seconds: Longest sleep between two looks.
        grace_seconds: How late a time may be found due and not count as missed.
        most_misfires: How many missed times `all` makes up for, the latest ones.
    """

    def __init__(
        self,
        store: Store,
        *,
        look_seconds: float = 60.0,
        grace_seconds: float = 120.0,
        most_misfires: int = 100,
    ) -> None:
        self._store = store
        self._look_seconds = look_seconds
        self._grace = timedelta(seconds=grace_seconds)
        self._most = most_misfires

    def run_once(self) -> float:
        """Look once, by the database's clock, and return the seconds until the next look.

        Raises:
            StoreUnavailableError, psycopg.Error: The database is away.
        """
        return self.tick().wait_seconds

    def tick(self, moment: datetime | None = None) -> Tick:
        """Look once, and send what is due.

        Args:
            moment: Now; None: the database's own time.

        Raises:
            StoreUnavailableError, psycopg.Error: The database is away.
        """
        tick = Tick()
        with self._store.transaction() as tx:
            seen = schedules.look(tx, unsent_after=sending.UNSENT_SECONDS)
        now = moment or seen.now
        if seen.unsent:
            self._send_unsent(tick)
        if seen.next_at is not None and seen.next_at <= now:
            self._send_due(tick, now)
            with self._store.transaction() as tx:
                seen = schedules.look(tx, unsent_after=sending.UNSENT_SECONDS)
        tick.next_at = seen.next_at
        tick.wait_seconds = self._wait(seen.next_at, now)
        return tick

    def _wait(self, next_at: datetime | None, now: datetime) -> float:
        left = self._look_seconds
        if next_at is not None:
            left = min(left, (next_at - now).total_seconds())
        # Jitter: schedulers that wait for the same moment need not all come for its one row.
        return max(left, 0.0) + random.uniform(0.1, LEAST_SECONDS)  # noqa: S311 (jitter)

    def _send_due(self, tick: Tick, now: datetime) -> None:
        with self._store.transaction() as tx:
            names = schedules.due(tx, now)
        for name in names:
            try:
                self._send_times(tick, name, now)
            except Exception:
                # One schedule's trouble is not the others'.
                logger.exception("%s: its due times could not be sent", name)

    def _send_times(self, tick: Tick, name: str, now: datetime) -> None:
        while self._send_some(tick, name, now):
            pass

    def _send_some(self, tick: Tick, name: str, now: datetime) -> bool:
        """Send for a schedule's oldest due times; return whether there are more."""
        with self._store.transaction() as tx:
            schedule = schedules.take(tx, name, now)
            if schedule is None:
                return False
            due = self._due(schedule, now)
            chosen = wanted(due, now, schedule.misfire, grace=self._grace)
            some, rest = chosen[:RUNS_AT_ONCE], chosen[RUNS_AT_ONCE:]
            runs = [Run(name, each, schedule.actor, schedule.arguments) for each in some]
            ours = [run for run in runs if sending.with_run(tx, run)]
            following = (
                rest[0] if rest else times.first_after(schedule.cron, schedule.time_zone, now)
            )
            schedules.advance(tx, name, following, missed=len(due) - len(chosen))
        _tell(schedule, due, len(due) - len(chosen), some)
        for run in ours:
            sending.after_commit(self._store, run)
        tick.sent += ours
        return bool(rest)

    def _due(self, schedule: Schedule, now: datetime) -> list[datetime]:
        before = schedule.next_at - timedelta(microseconds=1)
        return times.latest_between(schedule.cron, schedule.time_zone, before, now, most=self._most)

    def _send_unsent(self, tick: Tick) -> None:
        with self._store.transaction() as tx:
            runs = schedules.take_unsent(tx, after=sending.UNSENT_SECONDS, most=MOST_UNSENT)
        for run in runs:
            logger.warning(
                "%s: was to be sent for %s and was not, as far as is known: sent now",
                run.schedule,
                run.scheduled_for.isoformat(),
            )
            sending.again(self._store, run)
        tick.sent += runs


def _tell(schedule: Schedule, due: list[datetime], left: int, sent: list[datetime]) -> None:
    if left:
        logger.warning(
            "%s: %d times from %s on were missed and are not made up for (misfire = %s)",
            schedule.name,
            left,
            due[0].isoformat(),
            schedule.misfire,
        )
    if sent:
        logger.info("%s: sent for %s", schedule.name, ", ".join(map(str, sent)))
