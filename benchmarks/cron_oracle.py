"""Every time a cron expression names in a year, found the slow way: by looking at each minute.

Written without CronSim, for what is tested with it. What Debian's cron promises: an expression
whose minute and hour do not begin with `*` means a time of day. Where the clock jumps over it, it
comes right after the jump; where the clock shows it twice, the first one counts. Any other
expression means "every so often" and follows the minutes as they are.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTE = timedelta(minutes=1)
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def times(cron: str, time_zone: str, start: datetime, end: datetime) -> list[datetime]:
    """Return all times after `start` up to `end`, in UTC."""
    fields = cron.split()
    sets = [_numbers(field, *RANGES[index]) for index, field in enumerate(fields)]
    both = fields[2].startswith("*") or fields[4].startswith("*")
    zone = ZoneInfo(time_zone)
    of_day = not fields[0].startswith("*") and not fields[1].startswith("*")
    found: set[datetime] = set()
    moment = start.replace(second=0, microsecond=0)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    while moment < end:
        before, moment = shown, moment + MINUTE
        here = moment.astimezone(zone)
        shown = here.replace(tzinfo=None)
        if of_day:
            # All that the clock showed since the minute before, jumped over or not.
            matches = here.fold == 0 and any(
                _matches(each, sets, both=both) for each in _shown(before, shown)
            )
        else:
            matches = _matches(shown, sets, both=both)
        if matches and start < moment <= end:
            found.add(moment.astimezone(UTC))
    return sorted(found)


def _shown(before: datetime, now: datetime) -> Iterator[datetime]:
    yield now
    jumped = before + MINUTE
    while jumped < now:
        yield jumped
        jumped += MINUTE


def _matches(shown: datetime, sets: list[set[int]], *, both: bool) -> bool:
    if shown.minute not in sets[0] or shown.hour not in sets[1] or shown.month not in sets[3]:
        return False
    day = shown.day in sets[2]
    weekday = bool({shown.isoweekday(), shown.isoweekday() % 7} & sets[4])
    return day and weekday if both else day or weekday


def _numbers(field: str, low: int, high: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        begin = low if span == "*" else int(first)
        end = high if span == "*" or (step and not last) else int(last or first)
        found |= set(range(begin, end + 1, int(step or 1)))
    return found
