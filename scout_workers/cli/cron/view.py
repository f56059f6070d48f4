"""What the commands of `cron` share: one schedule by its name, and times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scout_workers.cli.errors import UsageMistakeError
from scout_workers.cli.words import local
from scout_workers.scheduling import times
from scout_workers.settings.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scout_workers.domain.schedules import Schedule

NONE_YET = (
    "No schedule yet: settings/schedule.toml is brought in when a worker or `scout-workers cron` "
    "starts."
)

_STYLES = {"active": "green", "paused": "yellow", "disabled": "dim", "retired": "dim"}


def style(state: object) -> str:
    """Return the colour of a schedule's state."""
    return _STYLES.get(str(state), "")


def find(name: str, schedules: Iterable[Schedule]) -> Schedule:
    """Return the schedule of that name.

    Raises:
        UsageMistakeError: There is none.
    """
    known = {schedule.name: schedule for schedule in schedules}
    if name not in known:
        raise unknown(name, known)
    return known[name]


def unknown(name: str, known: Iterable[str]) -> UsageMistakeError:
    """Say that there is no such schedule, and which was meant."""
    return UsageMistakeError(f"There is no schedule {name!r}{did_you_mean(name, known)}")


def coming(schedule: Schedule, count: int) -> list[datetime]:
    """Return the next times of a schedule that runs, in UTC; none of one that does not."""
    if schedule.state != "active":
        return []
    now = datetime.now(UTC)
    # What is due already and was not sent yet comes first.
    found = [schedule.next_at] if schedule.next_at <= now else []
    while len(found) < count:
        after = found[-1] if found else now
        following = times.first_after(schedule.cron, schedule.time_zone, max(after, now))
        if following == times.FAR_OFF:
            break
        found.append(following)
    return found[:count]


def on_its_clock(moment: datetime | None, schedule: Schedule) -> datetime | None:
    """Return a moment by the clock that `cron` speaks of."""
    return local(moment, schedule.time_zone)
