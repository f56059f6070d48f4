"""Facts of an hour, put together in a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scout_workers.domain import summing
from scout_workers.domain.observations import Severity
from scout_workers.domain.summaries import Moment, SummaryFacts
from scout_workers.domain.windows import hour_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SEVEN = datetime(2026, 6, 21, 7, 0, tzinfo=UTC)


def at(minute: int, *, hour: int = 0) -> datetime:
    """A moment after seven o'clock."""
    return SEVEN + timedelta(hours=hour, minutes=minute)


def pictures(*flags: str, hour: int = 0) -> list[summing.Picture]:
    """Pictures ten minutes apart (or less, if there are many), each with its flags."""
    apart = min(10.0, 60 / len(flags))
    return [
        summing.Picture(
            SEVEN + timedelta(hours=hour, minutes=number * apart),
            _severity(each),
            tuple(each.split()),
        )
        for number, each in enumerate(flags)
    ]


def _severity(flags: str) -> Severity:
    if "covered" in flags:
        return Severity.CRITICAL
    if "fogged" in flags or "blurred" in flags:
        return Severity.WARNING
    return Severity.NOTICE if "changed" in flags else Severity.INFO


def a_moment(
    minute: int,
    severity: Severity,
    *,
    hour: int = 0,
    kind: str = "changed_region",
    text: str = "Small darker region appeared lower left (about 2 % of the picture).",
    flags: tuple[str, ...] = ("changed",),
) -> Moment:
    return Moment(at(minute, hour=hour), kind, severity, 0.8, text, None, flags)


def an_hour(
    seen: Sequence[summing.Picture],
    moments: Iterable[Moment] = (),
    *,
    hour: int = 0,
    camera: str = "yard",
    unchanged: int = 0,
    unreadable: int = 0,
    unseen: int = 0,
    kinds: Mapping[str, int] | None = None,
    notable: int | None = None,
) -> SummaryFacts:
    moments = list(moments)
    counted = sum(each.severity is not Severity.INFO for each in moments)
    return summing.hour(
        hour_of(at(0, hour=hour)),
        camera=camera,
        time_zone="UTC",
        zone=UTC,
        pictures=seen,
        unchanged=unchanged,
        unreadable=unreadable,
        unseen=unseen,
        kinds=kinds or {},
        moments=moments,
        notable=counted if notable is None else notable,
    )
