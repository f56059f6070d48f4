"""What a draft of an analysis profile is proposed from, and what is proposed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

SAMPLES = 8
"""How many pictures a proposal is made from at most."""

_FAR = 64


@dataclass(frozen=True, slots=True)
class SampleFact:
    """One of the pictures that go with the question, in their order.

    Attributes:
        taken: Local time, "2026-06-21 14:30".
        headline: What its last analysis said; empty where there is none.
    """

    taken: str
    headline: str = ""


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """What is known of a camera whose profile is to be drafted.

    Attributes:
        camera: The camera's name, in its owner's words.
        instructions: Those of its active profile; empty where it has none.
        wishes: What the operator asked the draft to look for; may be empty.
        captures: How many of its pictures of the last days were looked at for these facts.
        hours: How many of them were taken in which local hour: (0 to 23, count).
        flags: How often analyses marked them with what: (flag, count), the most frequent first.
        severities: How often analyses found them how serious: (severity, count).
        samples: The pictures that go with the question.
    """

    camera: str
    instructions: str = ""
    wishes: str = ""
    captures: int = 0
    hours: tuple[tuple[int, int], ...] = ()
    flags: tuple[tuple[str, int], ...] = ()
    severities: tuple[tuple[str, int], ...] = ()
    samples: tuple[SampleFact, ...] = ()

    def data(self) -> dict[str, Any]:
        """Return the facts as JSON has them."""
        found: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return found


def facts_of(data: Mapping[str, Any]) -> ProfileFacts:
    """Return the facts that `ProfileFacts.data` wrote."""
    return ProfileFacts(
        camera=data["camera"],
        instructions=data["instructions"],
        wishes=data["wishes"],
        captures=data["captures"],
        hours=tuple((hour, count) for hour, count in data["hours"]),
        flags=tuple((flag, count) for flag, count in data["flags"]),
        severities=tuple((severity, count) for severity, count in data["severities"]),
        samples=tuple(SampleFact(**sample) for sample in data["samples"]),
    )


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """What a model proposes; a person decides.

    Attributes:
        instructions: What to watch for, as the draft's instructions.
        reasoning: Why, for the person who decides.
    """

    instructions: str
    reasoning: str


def input_hash(provider: str, model: str, facts: ProfileFacts, captures: Sequence[UUID]) -> str:
    """Return the sha256 of all a proposal is made from: equal inputs are one question."""
    inputs = [provider, model, facts.data(), [str(capture) for capture in captures]]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture that may be among the samples.

    Attributes:
        capture_id: Its capture.
        fingerprint: Its 64-bit perceptual hash.
        minute: Of the local day it was taken at, 0 to 1439.
    """

    capture_id: UUID
    fingerprint: int
    minute: int


def diverse(
    candidates: Sequence[Candidate], distance: Callable[[int, int], int], *, most: int = SAMPLES
) -> list[Candidate]:
    """Choose pictures that differ from each other, by looks and by time of day.

    The first candidate is always one of them; then, one after the other, whichever is farthest
    from all that were chosen. Pictures that nothing tells from a chosen one are left out. The same
    candidates in the same order are always the same choice.

    Args:
        candidates: Newest first.
        distance: In how many of their 64 bits two fingerprints differ.
        most: How many to choose at most.
    """
    if not candidates:
        return []
    chosen = [candidates[0]]
    nearest = [_apart(each, chosen[0], distance) for each in candidates]
    while len(chosen) < most and max(nearest) > 0:
        farthest = candidates[nearest.index(max(nearest))]
        chosen.append(farthest)
        nearest = [
            min(near, _apart(each, farthest, distance))
            for near, each in zip(nearest, candidates, strict=True)
        ]
    return chosen


def _apart(one: Candidate, other: Candidate, distance: Callable[[int, int], int]) -> float:
    """Return how different two pictures are: by looks, and half as much by the time of day."""
    looks = distance(one.fingerprint, other.fingerprint) / _FAR
    if looks == 0:
        return 0.0
    minutes = abs(one.minute - other.minute)
    return looks + min(minutes, 1440 - minutes) / 1440
