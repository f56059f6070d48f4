"""Whether a picture shows so little news that it may be skipped: pure decisions, by a policy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from scout_workers.domain.captures import BlobRef
    from scout_workers.domain.profiles import SkipUnchanged

UNCHANGED = "unchanged"
"""Why an analysis was skipped, where it was skipped since there was no news."""


class Fate(StrEnum):
    """What became of a capture, as far as its neighbours care."""

    ANALYSED = "analysed"
    SKIPPED = "skipped"  # it showed no news
    UNSEEN = "unseen"  # its image could not be read, or its analysis failed
    UNDECIDED = "undecided"  # it waits, or somebody is at it


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A capture of the same camera, before or after the one that is decided on."""

    capture_id: UUID
    blob: BlobRef
    captured_at: datetime
    fate: Fate


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a picture against an earlier one.

    Attributes:
        distance: In how many of 64 bits its fingerprint differs from the earlier one's.
        changed_area: How much of the picture changed, light and shadow included, 0 to 1; None: the
            two cannot be compared (too dark, another view), so that nobody can say.
    """

    distance: int
    changed_area: float | None

    @property
    def told(self) -> str:
        """The same in words, for people."""
        if self.changed_area is None:
            return f"{self.distance} of 64 bits differ, and the two cannot be compared"
        return f"{self.distance} of 64 bits differ, {self.changed_area:.2%} of the picture changed"

    def is_none(self, policy: SkipUnchanged) -> bool:
        """Whether it is little enough; what cannot be compared is always news."""
        return (
            self.changed_area is not None
            and self.distance <= policy.distance
            and self.changed_area <= policy.changed_area
        )


def resembled(
    before: Sequence[Neighbour], captured_at: datetime, policy: SkipUnchanged
) -> Neighbour | None:
    """Return the analysed capture that a new one may resemble; None: it must be analysed.

    Args:
        before: The captures before it, newest first.
        captured_at: When the new one was taken.
        policy: Of the profile version it is for.
    """
    if not before or (captured_at - before[0].captured_at).total_seconds() > policy.longest_gap_s:
        return None
    skipped = 0
    for each in before:
        if each.fate is Fate.ANALYSED:
            return each
        skipped += each.fate is Fate.SKIPPED
        if skipped >= policy.at_most_in_a_row:
            return None
    return None


def in_a_row(before: Iterable[Neighbour], after: Iterable[Neighbour]) -> int:
    """Return how many captures in a row were skipped if this one were, itself included.

    Captures are decided on out of order, so both sides count. One that nobody has decided on yet
    ends the row: it will count both sides itself. One that nobody could see does not.

    Args:
        before: The captures before it, newest first.
        after: The captures after it, oldest first.
    """
    return 1 + sum(
        each.fate is Fate.SKIPPED
        for side in (before, after)
        for each in takewhile(lambda other: other.fate in {Fate.SKIPPED, Fate.UNSEEN}, side)
    )
