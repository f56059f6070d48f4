"""An analysis profile version: what a camera's pictures are to be looked at for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class ProfileVersion:
    """One immutable version of a camera's analysis profile.

    Attributes:
        provider: Which provider describes this camera's images ("local", "bedrock" …).
        model: The provider's model name ("local-vision-v1" …).
        instructions: What the operator wants watched, in their words: data, never a system prompt.
        content_hash: sha256 over everything above, so that equal versions are one version.
    """

    id: UUID
    profile_id: UUID
    provider: str
    model: str
    instructions: str
    content_hash: str
