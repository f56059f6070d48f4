"""The moment a camera wrote into a file's name, for the patterns cameras are known to use.

yard_20260314T061500.jpg             gate 2026-03-14 06.15.00.png, 2026-03-14T06_15_00Z.webp
Yard_00_20260314061500.jpg           Reolink; Foscam with a dash: MDAlarm_20260314-061500.jpg
10.0.0.64_01_20260314061500123.jpg   Hikvision, with milliseconds
image26-03-14_06-15-00-12.jpg        Axis, a year of two digits
yard-1773468900.25-x4f2ab.jpg        Frigate, seconds since 1970
2026-03-14/001/jpg/06/15/00[M].jpg   Dahua, spread over folders; also 2026/03/14/061500.jpg
IMG-20260314-WA0007.jpg              a day and no time; also 2026-03-14/0007.jpg

Orders of day and month that read two ways (03-04-2026) are not guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class NamedMoment:
    """What a name says.

    Attributes:
        moment: Naive where the name gives no offset; midnight where `has_time` is false.
    """

    moment: datetime
    has_time: bool = True


_DATE = r"(?P<year>(?:19|20)\d\d)[-_./]?(?P<month>\d\d)[-_./]?(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d\d)[:._h/-]?(?P<minute>\d\d)[:._m/-]?(?P<second>\d\d)"
_FRACTION = r"(?:[.,_-]?(?P<fraction>\d{3}(?:\d{3})?))?"
_OFFSET = r"(?P<offset>Z(?![A-Za-z])|\+\d\d[:_]?\d\d|-\d\d:\d\d)?"

_FULL = re.compile(rf"(?<!\d){_DATE}(?:T|[ _.,-]{{1,2}})?{_CLOCK}{_FRACTION}{_OFFSET}(?!\d)")
# A day folder, up to three folders of the recorder's own, then the clock up to the name itself.
_FOLDERS = re.compile(rf"(?:^|/){_DATE}/(?:\w{{1,12}}/){{0,3}}?{_CLOCK}{_FRACTION}(?!\d)[^/]*$")
# Without seconds only where it cannot be a running number: separated, or twelve digits in a row.
_MINUTES = re.compile(rf"(?<!\d){_DATE}[T _.,-](?P<hour>\d\d)[:.h-](?P<minute>\d\d)(?!\d)")
_TWELVE = re.compile(
    r"(?<!\d)(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)(?!\d)"
)
_AXIS = re.compile(
    r"(?<!\d)(?P<year>\d\d)-(?P<month>\d\d)-(?P<day>\d\d)_"
    r"(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)(?!\d)"
)
_EPOCH = re.compile(r"(?<![\d.])(?P<seconds>1\d{9})(?:\.(?P<part>\d{1,9})|(?P<millis>\d{3}))(?!\d)")
_DAY = re.compile(rf"(?<!\d){_DATE}(?!\d)")
_DAY_FOLDER = re.compile(rf"(?:^|/){_DATE}(?=/)")
_CENTURY = 2000


def moments(path: str) -> Iterator[NamedMoment]:
    """Yield what a file's name may say, the most exact reading first.

    Dates that do not exist (a 13th month, a 29th of February too many) are left out.

    Args:
        path: The path below the imported folder, without its extension, `/` between its parts.
    """
    name = path.rpartition("/")[2]
    for pattern, text in (
        (_FULL, name),
        (_AXIS, name),
        (_MINUTES, name),
        (_TWELVE, name),
        (_FOLDERS, path),
    ):
        for match in pattern.finditer(text):
            if (moment := _calendar(match)) is not None:
                yield NamedMoment(moment)
    for match in _EPOCH.finditer(name):
        micros = int((match["part"] or match["millis"]).ljust(6, "0")[:6])
        seconds = datetime.fromtimestamp(int(match["seconds"]), UTC)
        yield NamedMoment(seconds + timedelta(microseconds=micros))
    # Of day folders within day folders the innermost speaks of the picture.
    for match in (*_DAY.finditer(name), *reversed([*_DAY_FOLDER.finditer(path)])):
        if (moment := _calendar(match)) is not None:
            yield NamedMoment(moment, has_time=False)


def _calendar(match: re.Match[str]) -> datetime | None:
    found = {part: text for part, text in match.groupdict().items() if text}
    year = found["year"]
    try:
        return datetime(
            int(year) if len(year) > len("26") else int(year) + _CENTURY,
            int(found["month"]),
            int(found["day"]),
            int(found.get("hour", 0)),
            int(found.get("minute", 0)),
            int(found.get("second", 0)),
            int(found.get("fraction", "0").ljust(6, "0")),
            tzinfo=_offset(found.get("offset")),
        )
    except ValueError:
        return None


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    digits = re.sub(r"\D", "", text)
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-delta if text.startswith("-") else delta)
