"""Two profile versions side by side: what each made of the same pictures, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from scout_workers.domain.captures import BlobRef


@dataclass(frozen=True, slots=True)
class Result:
    """What one version made of one picture.

    Attributes:
        state: Of its analysis; what follows is empty unless it is "completed".
        origin: "eval" where it was looked at only for a comparison.
        observations: How many there are.
        input_tokens: Of all calls for it, likewise the rest.
        unpriced: How many calls were answered whose price nobody knows.
        latency_ms: Of the longest call.
    """

    analysis_id: UUID
    state: str
    origin: str
    headline: str | None
    severity: str | None
    flags: Sequence[str]
    error_class: str
    observations: int
    input_tokens: int
    output_tokens: int
    cost_microdollars: int
    unpriced: int
    latency_ms: int | None

    @property
    def settled(self) -> bool:
        """Whether it is over."""
        return self.state in {"completed", "failed", "skipped"}

    @property
    def completed(self) -> bool:
        """Whether there is something to compare."""
        return self.state == "completed"


@dataclass(frozen=True, slots=True)
class Picture:
    """A capture of the comparison.

    Attributes:
        source: Where it came from, as its owner knows it.
    """

    capture_id: UUID
    captured_at: datetime
    source: str
    blob: BlobRef


@dataclass(frozen=True, slots=True)
class Pair:
    """One picture under both versions; None: the version has no analysis of it."""

    picture: Picture
    a: Result | None
    b: Result | None

    @property
    def both(self) -> tuple[Result, Result] | None:
        """Both results, where both are completed."""
        if self.a is None or self.b is None or not (self.a.completed and self.b.completed):
            return None
        return self.a, self.b

    @property
    def settled(self) -> bool:
        """Whether nothing more is to be expected."""
        return all(each is not None and each.settled for each in (self.a, self.b))

    @property
    def same_severity(self) -> bool:
        """Whether both find it equally serious."""
        return self.both is not None and self.both[0].severity == self.both[1].severity

    @property
    def only_a(self) -> tuple[str, ...]:
        """Flags of the first version that the second does not have."""
        return () if self.both is None else _less(self.both[0].flags, self.both[1].flags)

    @property
    def only_b(self) -> tuple[str, ...]:
        """Flags of the second version that the first does not have."""
        return () if self.both is None else _less(self.both[1].flags, self.both[0].flags)

    @property
    def agree(self) -> bool:
        """Whether severity and flags are the same; words are never quite."""
        return self.same_severity and not self.only_a and not self.only_b


@dataclass(frozen=True, slots=True)
class Bill:
    """What one version came to.

    Attributes:
        completed: How many pictures it has described, of those of the comparison.
        unpriced: Calls whose price nobody knows; they are not in the cost.
    """

    completed: int
    failed: int
    input_tokens: int
    output_tokens: int
    cost_microdollars: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole comparison in numbers.

    Attributes:
        compared: Pictures that both have described.
        same_severity: Of those, equally serious to both.
        same_flags: Of those, with the same flags.
        severities: How often the first said what where the second said what: (a, b, count).
        flags: By flag: how often only the first, only the second, and both had it.
    """

    pictures: int
    compared: int
    agree: int
    same_severity: int
    same_flags: int
    severities: tuple[tuple[str, str, int], ...]
    flags: tuple[tuple[str, int, int, int], ...]
    a: Bill
    b: Bill


def verdict(pairs: Sequence[Pair]) -> Verdict:
    """Sum up a comparison."""
    compared = [pair for pair in pairs if pair.both is not None]
    return Verdict(
        pictures=len(pairs),
        compared=len(compared),
        agree=sum(pair.agree for pair in compared),
        same_severity=sum(pair.same_severity for pair in compared),
        same_flags=sum(not pair.only_a and not pair.only_b for pair in compared),
        severities=_severities(compared),
        flags=_flags(compared),
        a=_bill([pair.a for pair in pairs]),
        b=_bill([pair.b for pair in pairs]),
    )


def _severities(compared: Sequence[Pair]) -> tuple[tuple[str, str, int], ...]:
    counts: dict[tuple[str, str], int] = {}
    for pair in compared:
        if pair.both is not None and not pair.same_severity:
            change = (pair.both[0].severity or "", pair.both[1].severity or "")
            counts[change] = counts.get(change, 0) + 1
    return tuple((a, b, n) for (a, b), n in sorted(counts.items(), key=lambda each: -each[1]))


def _flags(compared: Sequence[Pair]) -> tuple[tuple[str, int, int, int], ...]:
    counts: dict[str, list[int]] = {}
    for pair in compared:
        assert pair.both is not None
        for flag in {*pair.both[0].flags, *pair.both[1].flags}:
            where = 0 if flag in pair.only_a else 1 if flag in pair.only_b else 2
            counts.setdefault(flag, [0, 0, 0])[where] += 1
    ranked = sorted(counts.items(), key=lambda each: (-each[1][0] - each[1][1], each[0]))
    return tuple((flag, only_a, only_b, both) for flag, (only_a, only_b, both) in ranked)


def _bill(results: Sequence[Result | None]) -> Bill:
    known = [result for result in results if result is not None]
    return Bill(
        completed=sum(result.completed for result in known),
        failed=sum(result.settled and not result.completed for result in known),
        input_tokens=sum(result.input_tokens for result in known),
        output_tokens=sum(result.output_tokens for result in known),
        cost_microdollars=sum(result.cost_microdollars for result in known),
        unpriced=sum(result.unpriced for result in known),
    )


def _less(flags: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(flag for flag in flags if flag not in others)
