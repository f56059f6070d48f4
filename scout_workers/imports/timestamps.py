"""When a picture was taken: from its metadata, else from its name, else from its file's date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from scout_workers.imports import exif, names

if TYPE_CHECKING:
    from datetime import tzinfo


class StampSource(StrEnum):
    """Where a timestamp came from, the most trusted first."""

    EXIF = "exif"
    NAME = "name"
    MTIME = "mtime"


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a picture was taken.

    Attributes:
        moment: Aware; in the offset it was written with, or in the organization's time zone.
    """

    moment: datetime
    source: StampSource


# Before this no camera wrote a digital picture; after now + 2 days a clock is wrong, not ahead.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)


def stamp(data: bytes, relative: str, mtime: float, zone: tzinfo, now: datetime) -> Stamp:
    """Decide when a picture was taken.

    A stamp without an offset is taken to be in `zone`. Dates before 1990 or more than two days
    after `now` come from a camera whose clock was never set, and are passed over.

    Args:
        data: The file's bytes.
        relative: Its path below the imported folder, with `/` between the parts.
        mtime: Seconds since 1970, the file's modification time.
        zone: The organization's time zone.
        now: An aware datetime.
    """
    taken = exif.moment(data)
    if taken is not None and (moment := _plausible(taken, zone, now)) is not None:
        return Stamp(moment, StampSource.EXIF)
    modified = _modified(mtime, zone, now)
    stem = relative.rpartition(".")[0] or relative
    for reading in names.moments(stem):
        written = reading.moment
        if not reading.has_time:
            written = _time_of_day(written, modified)
        if (moment := _plausible(written, zone, now)) is not None:
            return Stamp(moment, StampSource.NAME)
    return Stamp(modified, StampSource.MTIME)


def _time_of_day(day: datetime, modified: datetime) -> datetime:
    # Only the day is known: the file's own time, if it is of that day, else noon, the least wrong.
    if modified.date() == day.date():
        return modified
    return datetime.combine(day.date(), time(12))


def _plausible(written: datetime, zone: tzinfo, now: datetime) -> datetime | None:
    moment = written if written.tzinfo is not None else written.replace(tzinfo=zone)
    return moment if _EARLIEST <= moment <= now + _AHEAD else None


def _modified(mtime: float, zone: tzinfo, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(mtime, zone)
    except (OverflowError, ValueError, OSError):  # a file system may say the year 292277026596
        return now.astimezone(zone)
