"""A question to a model, and the right to put it: what an actor holds between begin and finish."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import UUID

from scout_workers.domain.calls import Estimate, Lane, ModelName

if TYPE_CHECKING:
    from scout_workers.domain.errors import ScoutError

NO_CALL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model; its key is the same whenever it is the same question.

    Attributes:
        purpose: What the answer is for ("describe"); also what settings call it.
        subject_id: The row it is for.
        provider: Who is asked first.
        model: Which of its models.
        profile_version_id: The version of an analysis profile that it is asked for, if it is one.
        lane: Live work, or history that has what live work leaves.
        estimate: What it may need at most; budgets and limits are held by it until the receipt.
    """

    key: str
    purpose: str
    subject_id: UUID
    organization_id: UUID
    camera_id: UUID | None
    provider: str
    model: str
    profile_version_id: UUID | None = None
    lane: Lane = Lane.LIVE
    estimate: Estimate = field(default_factory=Estimate)

    @property
    def model_name(self) -> ModelName:
        """Who is asked."""
        return ModelName(self.provider, self.model)

    def to(self, name: ModelName) -> Request:
        """The same question to another model."""
        return replace(self, provider=name.provider, model=name.model)

    def again(self) -> Request:
        """The one repetition of a question whose paid answer was of no use: a call of its own."""
        return replace(self, key=again(self.key))


def again(key: str) -> str:
    """The key under which a request's answer is asked for once more."""
    return f"{key}:again"


@dataclass(frozen=True, slots=True)
class Call:
    """A call this claim may make, or one whose answer is there already, or why it may not be made.

    Attributes:
        id: The ledger's row; `NO_CALL` where it may not be made.
        lease_token: Who may write the receipt.
        request: What is asked, and of whom: a fallback, perhaps.
        fallbacks: Who may be asked after that.
        answer: The raw answer of the call, if it was made before: it must not be made again.
        doubted: Earlier calls for it of which nobody knows how they ended, with their tokens: an
            answer of theirs may lie in the spool.
        refusal: Why it may not be made now, to be raised once the transaction has committed.
    """

    id: UUID
    lease_token: str
    request: Request
    fallbacks: tuple[ModelName, ...] = ()
    answer: str | None = None
    doubted: tuple[tuple[UUID, str], ...] = ()
    refusal: ScoutError | None = None
