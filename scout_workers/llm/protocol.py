"""What every model provider can do. The model never sees the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from scout_workers.domain.errors import ErrorClass, ScoutError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.domain.calls import Answer
    from scout_workers.domain.insights import InsightFacts
    from scout_workers.domain.profile_drafts import ProfileFacts
    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.domain.summaries import SummaryFacts


class ModelError(ScoutError):
    """The model call failed; `error_class` says why and what follows.

    Attributes:
        answer: What came back and was paid for all the same: a refusal, or an answer that broke
            off at its limit. Its usage and cost belong in the ledger; its text answers nothing.
            None: nothing was paid, as far as can be known.
    """

    def __init__(
        self,
        error_class: ErrorClass,
        detail: str,
        *,
        retry_after: float | None = None,
        unsent: bool = False,
        answer: Answer | None = None,
    ) -> None:
        super().__init__(error_class, detail, retry_after=retry_after, unsent=unsent)
        self.answer = answer


class ImageError(ScoutError):
    """The image cannot be sent to a model: image_unreadable or image_too_large, both terminal."""


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """An image made fit to be sent: decoded whole, upright, stripped of metadata, bounded.

    Attributes:
        jpeg: At most 1 MB of JPEG, longest side at most 1568 pixels.
        width: Pixels, of `jpeg`.
        height: Pixels, of `jpeg`.
    """

    jpeg: bytes
    width: int
    height: int


class ModelProvider(Protocol):
    """One way to have questions answered by a model; a provider names this as its base.

    What a provider cannot do it does not define: it is refused as bad_request then.

    Every method raises `TransactionHeldError` inside a transaction, ends by the context's
    deadline, and raises `ModelError` for every failure of the other side. Answers are raw. A
    `complaint` is what was wrong with the last answer to the same question, for a model that can
    do better when told.
    """

    @property
    def name(self) -> str:
        """The provider's name as settings and the ledger write it ("local", "bedrock" …)."""
        ...

    @property
    def references_wanted(self) -> int:
        """How many earlier images of the same camera `describe` can make use of."""
        return 0

    def describe(
        self,
        image: PreparedImage,
        profile: ProfileVersion,
        references: Sequence[PreparedImage] = (),
        *,
        complaint: str | None = None,
    ) -> Answer:
        """Describe one image against a profile (`answers.parse`).

        Args:
            image: The capture.
            profile: What to look for, and which model.
            references: Earlier images of the same camera, newest first.
            complaint: What was wrong with the last answer.

        Raises:
            ModelError: The provider refused, failed or did not answer in time.
        """
        del image, profile, references, complaint
        raise cannot(self, "describe pictures")

    def summarize(self, model: str, facts: SummaryFacts, *, complaint: str | None = None) -> Answer:
        """Write a summary of an hour or a day (`summary_answers.parse`).

        Raises:
            ModelError: As for `describe`.
        """
        del model, facts, complaint
        raise cannot(self, "write summaries")

    def find_insights(
        self, model: str, facts: InsightFacts, *, complaint: str | None = None
    ) -> Answer:
        """Find what is worth knowing of a day (`insight_answers.parse`).

        Raises:
            ModelError: As for `describe`.
        """
        del model, facts, complaint
        raise cannot(self, "find insights")

    def propose_profile(
        self,
        model: str,
        samples: Sequence[PreparedImage],
        facts: ProfileFacts,
        *,
        complaint: str | None = None,
    ) -> Answer:
        """Draft an analysis profile for a camera (`profile_answers.parse`).

        Args:
            model: Which model.
            samples: Pictures of the camera that differ from each other.
            facts: What else is known of it.
            complaint: What was wrong with the last answer.

        Raises:
            ModelError: As for `describe`.
        """
        del model, samples, facts, complaint
        raise cannot(self, "propose profiles")

    def embed(self, model: str, texts: Sequence[str], *, query: bool = False) -> Answer:
        """Turn texts into vectors, one each and in order.

        The answer's `raw` is the compact JSON of `domain.embeddings`: base64 of little-endian
        32-bit floats.

        Args:
            model: Which model.
            texts: What to embed.
            query: Whether they are what somebody searches for, and not what is to be found; some
                models tell the two apart.

        Raises:
            ModelError: As for `describe`.
        """
        del model, texts, query
        raise cannot(self, "embed texts")

    def probe(self) -> str:
        """See, unpaid, whether the provider can be reached with the key that is set.

        Returns:
            A few words of what was found, for `doctor`.

        Raises:
            ModelError: It cannot; `detail` is a sentence that says what to mend.
        """
        return "nothing to reach"


def cannot(provider: ModelProvider, what: str) -> ModelError:
    """Refuse what a provider has no way to do: for an operator, who chose it for that."""
    return ModelError(
        ErrorClass.BAD_REQUEST,
        f"the provider {provider.name!r} cannot {what}: choose another in the settings [models.…]",
    )
