"""Facts from facts: pictures make an hour, hours make a day, cameras make an organization's day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from scout_workers.domain import summaries
from scout_workers.domain.observations import Severity
from scout_workers.domain.summaries import GRAVEST_FIRST, FlagFacts, Part, Span, SummaryFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from scout_workers.domain.summaries import Moment
    from scout_workers.domain.windows import Window


@dataclass(frozen=True, slots=True)
class Picture:
    """A described picture, as far as it is counted; local time."""

    at: datetime
    severity: Severity
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A summary that is there, and what it was written from."""

    facts: SummaryFacts
    severity: Severity
    headline: str


def hour(
    window: Window,
    *,
    camera: str,
    time_zone: str,
    zone: tzinfo,
    pictures: Sequence[Picture],
    unchanged: int,
    unreadable: int,
    unseen: int,
    kinds: Mapping[str, int],
    moments: Iterable[Moment],
    notable: int,
) -> SummaryFacts:
    """Put together the facts of one camera's hour.

    Args:
        window: The hour.
        camera: The camera's name.
        time_zone: Of its organization, as written there.
        zone: The same, to tell local times by.
        pictures: The described ones, in order of time.
        unchanged: How many pictures showed no news against an earlier one.
        unreadable: How many pictures could not be read.
        unseen: How many have no answer yet.
        kinds: How many observations there are of each kind.
        moments: The gravest observations.
        notable: How many observations there are that are graver than `info`.
    """
    chosen, _ = summaries.told(moments)
    told = sum(each.severity is not Severity.INFO for each in chosen)
    return SummaryFacts(
        kind=window.kind,
        camera=camera,
        time_zone=time_zone,
        start=window.start.astimezone(zone),
        end=window.end.astimezone(zone),
        first=pictures[0].at if pictures else None,
        last=pictures[-1].at if pictures else None,
        pictures=len(pictures),
        unchanged=unchanged,
        unreadable=unreadable,
        unseen=unseen,
        severities=_by_gravity(Counter(each.severity for each in pictures)),
        kinds=_most_frequent(kinds),
        flags=_flags(pictures),
        moments=chosen,
        omitted=max(0, notable - told),
    )


def of_parts(
    window: Window,
    *,
    camera: str | None,
    time_zone: str,
    zone: tzinfo,
    parts: Sequence[Written],
) -> SummaryFacts:
    """Put together the facts of a day from the summaries of its hours, or of its cameras.

    Args:
        window: The day.
        camera: The camera's name; None: the parts are the days of cameras.
        time_zone: Of the organization, as written there.
        zone: The same, to tell local times by.
        parts: In order of time, or of the cameras' names.
    """
    told = parts[: summaries.PARTS_LIMIT]
    facts = [part.facts for part in parts]
    moments = (
        each if camera is not None else replace(each, camera=one.camera)
        for one in facts
        for each in one.moments
    )
    chosen, left_out = summaries.told(moments)
    kinds: Counter[str] = Counter()
    severities: Counter[Severity] = Counter()
    for one in facts:
        kinds.update(dict(one.kinds))
        severities.update(dict(one.severities))
    return SummaryFacts(
        kind=window.kind,
        camera=camera,
        time_zone=time_zone,
        start=window.start.astimezone(zone),
        end=window.end.astimezone(zone),
        first=min((one.first for one in facts if one.first), default=None),
        last=max((one.last for one in facts if one.last), default=None),
        pictures=sum(one.pictures for one in facts),
        unchanged=sum(one.unchanged for one in facts),
        unreadable=sum(one.unreadable for one in facts),
        unseen=sum(one.unseen for one in facts),
        severities=_by_gravity(severities),
        kinds=_most_frequent(kinds),
        # What is true of one camera is not of another: only a single camera's spans are joined.
        flags=_joined(facts) if camera is not None else (),
        moments=chosen,
        omitted=left_out + sum(one.omitted for one in facts),
        parts=tuple(
            Part(
                camera=part.facts.camera if camera is None else None,
                start=part.facts.start.astimezone(zone),
                end=part.facts.end.astimezone(zone),
                pictures=part.facts.pictures,
                notable=part.facts.notable,
                severity=part.severity,
                headline=part.headline,
            )
            for part in told
        ),
    )


def _by_gravity(counts: Mapping[Severity, int]) -> tuple[tuple[Severity, int], ...]:
    return tuple((each, counts[each]) for each in GRAVEST_FIRST if counts.get(each))


def _most_frequent(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(ranked[: summaries.KINDS_LIMIT])


def _flags(pictures: Sequence[Picture]) -> tuple[FlagFacts, ...]:
    """Find, for each flag, the runs of neighbouring pictures that bear it."""
    counts = Counter(flag for each in pictures for flag in dict.fromkeys(each.flags))
    found = []
    for flag, count in _ranked(counts):
        spans = []
        for bears, run in groupby(pictures, lambda each: flag in each.flags):  # noqa: B023 - consumed within this turn
            times = [each.at for each in run]
            if bears:
                spans.append(Span(times[0], times[-1], len(times)))
        found.append(FlagFacts(flag, count, summaries.longest(spans)))
    return tuple(found)


def _joined(hours: Sequence[SummaryFacts]) -> tuple[FlagFacts, ...]:
    """Join what goes on from the last picture of one hour to the first of the next."""
    counts: Counter[str] = Counter()
    spans: dict[str, list[Span]] = {}
    before: datetime | None = None  # the last picture of the hour before
    for one in hours:
        for each in one.flags:
            counts[each.flag] += each.pictures
            known = spans.setdefault(each.flag, [])
            for span in each.spans:
                if known and known[-1].last == before and span.first == one.first:
                    earlier = known.pop()
                    joined = earlier.pictures + span.pictures
                    known.append(Span(earlier.first, span.last, joined))
                else:
                    known.append(span)
        before = one.last or before
    return tuple(
        FlagFacts(flag, count, summaries.longest(spans[flag])) for flag, count in _ranked(counts)
    )


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ranked[: summaries.FLAGS_LIMIT]
