"""Numbers, times and states as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from scout_workers.domain.spans import span

_DOLLAR = 1_000_000
_KILO = 1000
_MEGA = 1_000_000

_STATES = {
    "completed": "green",
    "readable": "green",
    "succeeded": "green",
    "active": "green",
    "draft": "cyan",
    "running": "cyan",
    "started": "cyan",
    "deferred": "yellow",
    "unreadable": "yellow",
    "skipped": "yellow",
    "in_doubt": "red",
    "failed": "red",
    "missing": "red",
    "warning": "yellow",
    "critical": "bold red",
}


def state_style(value: object) -> str:
    """Return the colour of a state or a severity; none for the ordinary ones."""
    return _STATES.get(str(value), "")


def dollars(microdollars: int | None) -> str:
    """Write millionths of a dollar; "-" where nobody knows the price."""
    if microdollars is None:
        return "-"
    places = 2 if microdollars >= _DOLLAR or microdollars == 0 else 6
    return f"${microdollars / _DOLLAR:,.{places}f}"


def duration(seconds: float | None) -> str:
    """Write a length of time in one or two units."""
    return span(seconds)


def size(count: int) -> str:
    """Write a number of bytes."""
    if count < _KILO:
        return f"{count} bytes"
    return f"{count / _MEGA:.1f} MB" if count >= _MEGA else f"{count / _KILO:.1f} kB"


def local(moment: datetime | None, time_zone: str) -> datetime | None:
    """Move a moment to an organization's time zone, or UTC where this machine does not know it."""
    return None if moment is None else moment.astimezone(zone_of(time_zone))


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its name, or UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return UTC
