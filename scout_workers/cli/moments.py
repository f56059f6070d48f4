"""Moments as people write them: a day, a moment, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from scout_workers.cli.errors import UsageMistakeError
from scout_workers.cli.words import zone_of

METAVAR = "WHEN"
HELP = (
    "a day (2026-06-21, today, yesterday), a moment (2026-06-21T14:30) "
    "or how long ago (90m, 36h, 7d)"
)

_DAYS = {"today": timedelta(0), "yesterday": timedelta(days=1)}
_AGO = re.compile(r"(\d{1,5})\s*(m|min|h|d|w)")
_UNITS = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def moment(text: str, time_zone: str, *, now: datetime | None = None) -> datetime:
    """Return the moment that was meant; without an offset it is told by the clock of that zone.

    Args:
        text: As it was typed.
        time_zone: Of the organization that is asked about.
        now: To count back from; None: this moment.

    Raises:
        UsageMistakeError: It is no moment.
    """
    zone = zone_of(time_zone)
    if (days := _DAYS.get(text.strip().lower())) is not None:
        today = (now or datetime.now(UTC)).astimezone(zone).date()
        return datetime.combine(today - days, time(), tzinfo=zone)
    if ago := _AGO.fullmatch(text.strip().lower()):
        return (now or datetime.now(UTC)) - int(ago[1]) * _UNITS[ago[2]]
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageMistakeError(f"{text[:40]!r} is no moment: write {HELP}.") from None
    return said if said.tzinfo is not None else said.replace(tzinfo=zone)


def local_day(text: str, time_zone: str) -> date:
    """Return the local day that was meant: 2026-06-21, today or yesterday.

    Raises:
        UsageMistakeError: It is none.
    """
    if (days := _DAYS.get(text.strip().lower())) is not None:
        return datetime.now(UTC).astimezone(zone_of(time_zone)).date() - days
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageMistakeError(
            f"{text[:40]!r} is no day: write it like 2026-06-21, today or yesterday."
        ) from None
