"""Moments as people type them: a date, a time, or how long ago or from now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class MomentError(ValueError):
    """It says no moment; the message says how to."""


def ago(text: str, zone: tzinfo, now: datetime | None = None) -> datetime:
    """Read "2026-05-01", "2026-05-01 06:00", or "7d": that long ago (m, h, d, w)."""
    now = now or datetime.now(UTC)
    length = _length(text)
    return now - length if length is not None else _dated(text, zone)


def ahead(text: str, zone: tzinfo, now: datetime | None = None) -> datetime:
    """Read "06:00" (the next time the clock shows that), "8h", or a date with a time."""
    now = now or datetime.now(UTC)
    length = _length(text)
    if length is not None:
        return now + length
    clock = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    if clock is None:
        return _dated(text, zone)
    try:
        wanted = time(int(clock[1]), int(clock[2]))
    except ValueError as error:
        raise MomentError(f"{text!r} is no time of a day") from error
    here = now.astimezone(zone)
    moment = datetime.combine(here.date(), wanted, zone)
    if moment <= here:
        moment = datetime.combine(here.date() + timedelta(days=1), wanted, zone)
    return moment.astimezone(UTC)


def _length(text: str) -> timedelta | None:
    found = re.fullmatch(r"(\d{1,6})\s*([mhdw])", text.strip())
    return None if found is None else timedelta(**{_UNITS[found[2]]: int(found[1])})


def _dated(text: str, zone: tzinfo) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise MomentError(
            f"{text!r} is no moment: write 2026-05-01, '2026-05-01 06:00', or a length of time "
            "such as 90m, 8h, 7d"
        ) from error
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return found.astimezone(UTC)
