"""An analysis profile version: what a camera's pictures are to be looked at for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

_BITS = 64
_DAY = 86_400


class VersionState(StrEnum):
    """Where a version stands: draft -> active -> retired, and back to active; never a draft again.

    A draft is looked at by people only. There is at most one active version in a profile.
    """

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class SkipUnchanged:
    """When a picture shows so little news that it is not paid for.

    It is held against the last analysed picture of the camera, which is thus never a skipped one:
    what changes slowly adds up until it counts.

    Attributes:
        distance: The most of the 64 bits of their fingerprints in which the two may differ.
        changed_area: The most of the picture that may have changed, 0 to 1.
        at_most_in_a_row: How many pictures may be skipped one after the other.
        longest_gap_s: After a pause longer than this many seconds a picture is never skipped.

    Raises:
        ValueError: A value makes no sense; the message says which and why.
    """

    distance: int
    changed_area: float
    at_most_in_a_row: int
    longest_gap_s: int = 3600

    def __post_init__(self) -> None:
        for name, value, least, most in (
            ("distance", self.distance, 0, _BITS),
            ("changed_area", self.changed_area, 0, 1),
            ("at_most_in_a_row", self.at_most_in_a_row, 1, 1000),
            ("longest_gap_s", self.longest_gap_s, 1, 30 * _DAY),
        ):
            if not least <= value <= most:
                raise ValueError(f"{name} must lie between {least} and {most}, not {value}")


@dataclass(frozen=True, slots=True)
class ProfileVersion:
    """One immutable version of a camera's analysis profile.

    Attributes:
        provider: Which provider describes this camera's images ("local", "bedrock" …).
        model: The provider's model name ("local-vision-v1" …).
        instructions: What the operator wants watched, in their words: data, never a system prompt.
        content_hash: sha256 over all of the contents, so that equal versions are one version.
        skip_unchanged: When a picture is not paid for; None: never.
    """

    id: UUID
    profile_id: UUID
    provider: str
    model: str
    instructions: str
    content_hash: str
    skip_unchanged: SkipUnchanged | None = None


def content_hash(
    provider: str, model: str, instructions: str, skip_unchanged: SkipUnchanged | None = None
) -> str:
    """Return the sha256 of a version's contents, in hexadecimal."""
    # JSON keeps the parts apart: ("ab", "c") and ("a", "bc") must differ. A policy that is not
    # there adds nothing: versions older than policies keep their hash.
    contents: list[object] = [provider, model, instructions]
    if skip_unchanged is not None:
        contents.append({"skip_unchanged": asdict(skip_unchanged)})
    text = json.dumps(contents, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
