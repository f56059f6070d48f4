"""What runs by the clock: schedules, their runs, and what becomes of a time that was missed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta


class Misfire(StrEnum):
    """What becomes of the times that passed while no scheduler ran."""

    ONCE = "once"  # the latest of them runs
    SKIP = "skip"  # none does
    ALL = "all"  # each does, up to a bound


@dataclass(frozen=True, slots=True)
class Entry:
    """A schedule as the settings have it.

    Attributes:
        cron: Five fields, as in a crontab.
        time_zone: Whose clock `cron` speaks of.
        actor: Of the queue `scheduled`.
    """

    name: str
    cron: str
    time_zone: str
    actor: str
    arguments: tuple[str, ...]
    misfire: Misfire
    enabled: bool


@dataclass(frozen=True, slots=True)
class Schedule(Entry):
    """A schedule as it stands.

    Attributes:
        paused_at: When an operator paused it; None: nobody did.
        retired_at: When its entry was found gone from the settings.
        next_at: The first time that has not been dealt with.
        missed: How many times were never made up for.
    """

    paused_at: datetime | None
    paused_by: str | None
    retired_at: datetime | None
    next_at: datetime
    missed: int

    @property
    def state(self) -> str:
        """In one word whether it runs."""
        if self.retired_at is not None:
            return "retired"
        if not self.enabled:
            return "disabled"
        return "active" if self.paused_at is None else "paused"


@dataclass(frozen=True, slots=True)
class Run:
    """One time a schedule is sent for."""

    schedule: str
    scheduled_for: datetime
    actor: str
    arguments: tuple[str, ...]


def wanted(
    due: Sequence[datetime], moment: datetime, misfire: Misfire, *, grace: timedelta
) -> list[datetime]:
    """Choose which of the due times are sent for.

    A time found due within `grace` is on time: schedulers look now and then. What is older was
    missed, and `misfire` says what becomes of it. With `once`, a time that is on time makes up for
    all that were missed.

    Args:
        due: Oldest first.
        moment: Now.
        misfire: The schedule's policy.
        grace: How late is not missed.
    """
    on_time = [each for each in due if each >= moment - grace]
    missed = list(due[: len(due) - len(on_time)])
    if misfire is Misfire.ALL:
        return [*missed, *on_time]
    if misfire is Misfire.ONCE and not on_time:
        return missed[-1:]
    return on_time
