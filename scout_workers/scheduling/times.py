"""The times a cron expression names, on a clock that is put forward and back twice a year."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cronsim import CronSim

if TYPE_CHECKING:
    from collections.abc import Iterator

# How far back is looked for the latest times: further only if that was not far enough.
_WINDOWS = (timedelta(days=1), timedelta(days=40), timedelta(days=400))

FAR_OFF = datetime(9999, 12, 31, tzinfo=UTC)
"""The next time of an expression that names none any more."""


def first_after(cron: str, time_zone: str, moment: datetime) -> datetime:
    """Return the first time after a moment, in UTC.

    A time that the clock jumps over in spring comes right after the jump; one that it shows twice
    in autumn comes once, unless minute or hour is a `*`: what runs every so often goes on doing so.
    """
    return next(_times(cron, time_zone, moment), FAR_OFF)


def latest_between(
    cron: str, time_zone: str, after: datetime, until: datetime, *, most: int
) -> list[datetime]:
    """Return the latest times after one moment up to another, oldest first, in UTC.

    Args:
        cron: Five fields.
        time_zone: Whose clock they speak of.
        after: Itself not among them.
        until: Itself among them.
        most: How many at most.
    """
    found: deque[datetime] = deque(maxlen=most)
    for start in (*(until - window for window in _WINDOWS), after):
        begin = max(start, after)
        found.clear()
        for each in _times(cron, time_zone, begin):
            if each > until:
                break
            found.append(each)
        if len(found) == most or begin == after:
            break
    return list(found)


def _times(cron: str, time_zone: str, after: datetime) -> Iterator[datetime]:
    zone = UTC if time_zone == "UTC" else ZoneInfo(time_zone)
    for each in CronSim(cron, after.astimezone(zone)):
        found = each.astimezone(UTC)
        # Begun in an hour that is shown for the second time, CronSim names times of the first.
        if found > after:
            yield found
