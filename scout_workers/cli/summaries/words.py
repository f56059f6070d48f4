"""A window of time as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.cli.words import local

if TYPE_CHECKING:
    from datetime import datetime


def window(kind: str, start: datetime, end: datetime, time_zone: str) -> str:
    """Write an hour as "2026-06-21 07:00-08:00", a day as its date, by its own clock."""
    first, last = local(start, time_zone), local(end, time_zone)
    assert first is not None
    assert last is not None
    if kind == "day":
        return f"{first:%Y-%m-%d}"
    return f"{first:%Y-%m-%d %H:%M}-{last:%H:%M}"
