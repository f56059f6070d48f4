"""What is worth knowing of an organization's day, and the observations that show it.

An insight cites observations by their ids. What a model cites and was not given is refused, and
counted; an insight that is left without any evidence is dropped, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from scout_workers.domain.observations import Region, Severity
    from scout_workers.domain.summaries import FlagFacts, Part

PROMPT_VERSION: Final = "insights-2"
"""Of how facts are put to a model; a run of another version is another run."""

EVIDENCE_LIMIT: Final = 100
EVIDENCE_TEXT_LIMIT: Final = 200
CAMERAS_LIMIT: Final = 60
SUMMARY_LIMIT: Final = 800


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation that may be cited.

    Attributes:
        id: What it is cited by.
        at: When its picture was taken, local.
    """

    id: UUID
    camera: str
    at: datetime
    kind: str
    severity: Severity
    text: str
    region: Region | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraDay:
    """What the summary of one camera's day says, and was written from.

    Attributes:
        hours: Its hours, counted; a part's headline is what was said of the hour.
    """

    camera: str
    pictures: int
    unchanged: int
    unreadable: int
    unseen: int
    first: datetime | None
    last: datetime | None
    flags: tuple[FlagFacts, ...]
    hours: tuple[Part, ...]
    severity: Severity
    headline: str
    text: str


@dataclass(frozen=True, slots=True)
class InsightFacts:
    """Everything that is known of an organization's day; times are local.

    Attributes:
        evidence: The most telling observations, in order of time.
        omitted: How many that are graver than `info` are not among them.
    """

    day: date
    time_zone: str
    cameras: tuple[CameraDay, ...]
    evidence: tuple[Evidence, ...]
    omitted: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing an insight could be shown by."""
        return not self.evidence


@dataclass(frozen=True, slots=True)
class Claim:
    """What a model says is worth knowing, and the ids it cites, whatever they are."""

    title: str
    text: str
    severity: Severity
    cited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Insight:
    """Something worth knowing, and the observations that show it: one at least."""

    title: str
    text: str
    severity: Severity
    evidence: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What is left of a model's claims.

    Attributes:
        refused: How many citations were of no observation that was given.
        dropped: How many claims were left without evidence.
    """

    insights: tuple[Insight, ...]
    refused: int
    dropped: int


def supported(claims: Iterable[Claim], facts: InsightFacts) -> Findings:
    """Keep of each claim what was given to be cited, and of the claims those that have evidence."""
    given = {str(each.id): each.id for each in facts.evidence}
    kept, refused, dropped = [], 0, 0
    for claim in claims:
        cited = [name.strip().lower() for name in dict.fromkeys(claim.cited)]
        evidence = tuple(dict.fromkeys(given[name] for name in cited if name in given))
        refused += sum(name not in given for name in cited)
        if evidence:
            kept.append(Insight(claim.title, claim.text, claim.severity, evidence))
        else:
            dropped += 1
    return Findings(tuple(kept), refused, dropped)
