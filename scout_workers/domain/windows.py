"""Windows of time that are summed up: hours by UTC, days by an organization's own clock.

An hour belongs to the day on which it begins. Where a clock stands half an hour off UTC, the hour
around midnight therefore counts to the evening. A day of the spring change has 23 hours, one of
the autumn change 25.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from uuid import UUID


class WindowKind(StrEnum):
    """How long a window is."""

    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, its end not in it; both ends in UTC."""

    kind: WindowKind
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """What one summary is of: a window of one camera, or of all of an organization's.

    Attributes:
        camera_id: None: of all.
    """

    organization_id: UUID
    camera_id: UUID | None
    window: Window


def hour_of(moment: datetime) -> Window:
    """Return the hour a moment lies in."""
    start = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return Window(WindowKind.HOUR, start, start + timedelta(hours=1))


def day_of(moment: datetime, zone: tzinfo) -> Window:
    """Return the local day a moment lies in."""
    return day_on(moment.astimezone(zone).date(), zone)


def day_on(day: date, zone: tzinfo) -> Window:
    """Return a day of the calendar, from midnight to midnight by the clock of `zone`.

    Where the clock skips midnight, the day begins the moment the clock is put forward.
    """
    start, end = (
        datetime.combine(each, time(), zone).astimezone(UTC)
        for each in (day, day + timedelta(days=1))
    )
    return Window(WindowKind.DAY, start, end)


def stretch(first: datetime, last: datetime, zone: tzinfo, *, day: bool = False) -> str:
    """Write from when to when by a clock: "2026-06-21 07:00-08:00", a day as its date alone."""
    first, last = first.astimezone(zone), last.astimezone(zone)
    if day:
        return f"{first:%Y-%m-%d}"
    until = f"{last:%H:%M}"
    return f"{first:%Y-%m-%d %H:%M}" + ("" if until == f"{first:%H:%M}" else f"-{until}")


def named(window: Window, zone: tzinfo) -> str:
    """Return what a message calls a window: an hour by its beginning, a day by its date.

    So a day stays the day it is although its organization's time zone be changed meanwhile.
    """
    if window.kind is WindowKind.DAY:
        return window.start.astimezone(zone).date().isoformat()
    return window.start.isoformat()


def by_name(kind: str, name: str, zone: tzinfo) -> Window:
    """Return the window of that name.

    Raises:
        ValueError: There is no such kind, or it is no name of one.
    """
    if WindowKind(kind) is WindowKind.DAY:
        return day_on(date.fromisoformat(name), zone)
    moment = datetime.fromisoformat(name)
    if moment.tzinfo is None:
        raise ValueError(f"{name!r} does not say in which time zone it is")
    return hour_of(moment)


def zone_of(name: str) -> tzinfo:
    """Return the time zone of that name, or UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return UTC
