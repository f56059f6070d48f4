"""What a summary is written from, and what comes of it.

The facts of an hour are what was measured and observed in one camera's pictures; those of a day
come from its hours, those of an organization's day from the days of its cameras. They are counted
and capped by us, so that what a model is sent stays small however much happened: counts cover
everything, `MOMENTS_LIMIT` moments are told in full (the gravest first, then the surest, then the
earliest), and `omitted` says how many are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scout_workers.domain.observations import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scout_workers.domain.observations import Region
    from scout_workers.domain.windows import WindowKind

PROMPT_VERSION: Final = "summary-2"
"""Of how facts are put to a model; a summary of another version is another summary."""

MOMENTS_LIMIT: Final = 40
QUIET_LIMIT: Final = 10  # of them no graver than `info`: one quiet picture is like another
FIGURES: Final = "measurements"  # a kind of observation that nobody can tell of
MOMENT_TEXT_LIMIT: Final = 240
KINDS_LIMIT: Final = 24
FLAGS_LIMIT: Final = 24
SPANS_LIMIT: Final = 6
PARTS_LIMIT: Final = 60

GRAVEST_FIRST: Final = (Severity.CRITICAL, Severity.WARNING, Severity.NOTICE, Severity.INFO)


@dataclass(frozen=True, slots=True)
class Span:
    """Pictures one after the other that bear the same flag; local times of the first and last."""

    first: datetime
    last: datetime
    pictures: int


@dataclass(frozen=True, slots=True)
class FlagFacts:
    """Which pictures bear a flag.

    Attributes:
        pictures: How many, all spans together.
        spans: In order of time; the longest `SPANS_LIMIT` where there are more.
    """

    flag: str
    pictures: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One observation of one picture.

    Attributes:
        at: When the picture was taken, local.
        camera: Its camera, where the facts are of several.
    """

    at: datetime
    kind: str
    severity: Severity
    confidence: float
    text: str
    region: Region | None = None
    flags: tuple[str, ...] = ()
    camera: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A summary that this one is written from: an hour of a day, or a camera's day.

    Attributes:
        notable: How many of its pictures are graver than `info`.
    """

    camera: str | None
    start: datetime
    end: datetime
    pictures: int
    notable: int
    severity: Severity
    headline: str


@dataclass(frozen=True, slots=True)
class SummaryFacts:
    """Everything that is known of a window; times are local to the organization.

    Attributes:
        camera: Its name; None where the facts are of a whole organization.
        first: When the first of the described pictures was taken; None where there is none.
        pictures: How many were described.
        unchanged: How many showed no news against an earlier one, and were not described for it.
        unreadable: How many could not be read, and never will.
        unseen: How many nobody has looked at yet, or in vain.
        severities: How many pictures are of which severity, the gravest first.
        kinds: How many observations are of which kind, the most frequent first.
        omitted: How many observations that are graver than `info` are not among `moments`.
    """

    kind: WindowKind
    camera: str | None
    time_zone: str
    start: datetime
    end: datetime
    first: datetime | None
    last: datetime | None
    pictures: int
    unchanged: int
    unreadable: int
    unseen: int
    severities: tuple[tuple[Severity, int], ...] = ()
    kinds: tuple[tuple[str, int], ...] = ()
    flags: tuple[FlagFacts, ...] = ()
    moments: tuple[Moment, ...] = ()
    omitted: int = 0
    parts: tuple[Part, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write about, or nothing that one camera's does not say."""
        return self.pictures == 0 or (self.camera is None and len(self.parts) <= 1)

    @property
    def notable(self) -> int:
        """How many pictures are graver than `info`."""
        return sum(count for severity, count in self.severities if severity is not Severity.INFO)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a model wrote, checked.

    Attributes:
        headline: One line.
        text: Some sentences.
        severity: The gravest thing in it.
    """

    headline: str
    text: str
    severity: Severity


def told(moments: Iterable[Moment]) -> tuple[tuple[Moment, ...], int]:
    """Choose the moments to be told, in order of time; and count the notable ones left out."""
    ranked = sorted(
        (each for each in moments if each.kind != FIGURES),
        key=lambda each: (GRAVEST_FIRST.index(each.severity), -each.confidence, each.at),
    )
    notable = [each for each in ranked if each.severity is not Severity.INFO]
    quiet = ranked[len(notable) :][:QUIET_LIMIT]
    chosen = (notable + quiet)[:MOMENTS_LIMIT]
    in_order = sorted(chosen, key=lambda each: (each.at, each.camera or ""))
    return tuple(in_order), max(0, len(notable) - MOMENTS_LIMIT)


def longest(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Choose the longest spans, in order of time."""
    ranked = sorted(spans, key=lambda each: (-each.pictures, each.first))
    return tuple(sorted(ranked[:SPANS_LIMIT], key=lambda each: each.first))
