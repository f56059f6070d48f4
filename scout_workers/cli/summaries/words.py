"""A window of time as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.cli.words import zone_of
from scout_workers.domain.windows import WindowKind, stretch

if TYPE_CHECKING:
    from datetime import datetime


def window(kind: str, start: datetime, end: datetime, time_zone: str) -> str:
    """Write an hour as "2026-06-21 07:00-08:00", a day as its date, by its own clock."""
    return stretch(start, end, zone_of(time_zone), day=kind == WindowKind.DAY)
