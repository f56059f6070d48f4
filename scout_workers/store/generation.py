"""A proposal of a profile that was begun, as its actor holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.errors import ErrorClass, ScoutError

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.domain.captures import BlobRef
    from scout_workers.domain.profile_drafts import ProfileFacts
    from scout_workers.domain.requests import Call
    from scout_workers.store.profile_samples import Picture, Whose


class NoSuchGenerationError(ScoutError):
    """There is no proposal of that id: for an operator to mend."""

    def __init__(self, generation_id: UUID) -> None:
        super().__init__(ErrorClass.BAD_REQUEST, f"there is no profile generation {generation_id}")


@dataclass(frozen=True, slots=True)
class Generation:
    """A proposal that was begun.

    Attributes:
        whose: The camera it is for.
        wishes: What the operator wants watched.
        lease_token: Of the claim it was begun under.
        pictures: That samples may be chosen from, newest first; empty once they are.
        facts: What is told, once the samples are chosen.
        samples: Where the chosen ones lie.
        call: The one paid call there is for it, once the question is known.
    """

    id: UUID
    whose: Whose
    wishes: str
    lease_token: str
    pictures: tuple[Picture, ...] = ()
    facts: ProfileFacts | None = None
    samples: tuple[BlobRef, ...] = ()
    call: Call | None = None
