"""The questions that every hosted provider is asked, put to whatever way of asking it has."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from scout_workers.domain.calls import Answer
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm import insight_answers, profile_answers, summary_answers
from scout_workers.llm.answer_schema import ANSWER_SCHEMA
from scout_workers.llm.hosted.data import facts_of
from scout_workers.llm.hosted.question import Question
from scout_workers.llm.protocol import ModelError, ModelProvider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.domain.calls import Usage
    from scout_workers.domain.insights import InsightFacts
    from scout_workers.domain.profile_drafts import ProfileFacts
    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.domain.summaries import SummaryFacts
    from scout_workers.llm.prices import Prices
    from scout_workers.llm.protocol import PreparedImage

_DESCRIBE_TOKENS = 4096
_SUMMARY_TOKENS = 2048
_INSIGHTS_TOKENS = 4096
_PROPOSAL_TOKENS = 3072


class HostedProvider(ModelProvider):
    """A provider that differs from its sisters only in how a question is sent.

    Args:
        prices: What its models cost.
    """

    name: ClassVar[str]
    references_wanted: ClassVar[int] = 1

    def __init__(self, prices: Prices) -> None:
        self._prices = prices

    @abstractmethod
    def ask(self, model: str, question: Question) -> Answer:
        """Send one question and return the raw answer.

        Raises:
            ModelError: The provider refused, failed or did not answer in time.
        """

    def describe(
        self,
        image: PreparedImage,
        profile: ProfileVersion,
        references: Sequence[PreparedImage] = (),
        *,
        complaint: str | None = None,
    ) -> Answer:
        """Describe one image against a profile (see `ModelProvider.describe`)."""
        images = (image, *references[: self.references_wanted])
        facts = {"watch_for": profile.instructions, "pictures": len(images)}
        question = Question(
            "describe", _with(facts, complaint), ANSWER_SCHEMA, _DESCRIBE_TOKENS, images
        )
        return self.ask(profile.model, question)

    def summarize(self, model: str, facts: SummaryFacts, *, complaint: str | None = None) -> Answer:
        """Write a summary of an hour or a day (see `ModelProvider.summarize`)."""
        asked = _with(facts_of(facts), complaint)
        return self.ask(
            model, Question("summarize", asked, summary_answers.SCHEMA, _SUMMARY_TOKENS)
        )

    def find_insights(
        self, model: str, facts: InsightFacts, *, complaint: str | None = None
    ) -> Answer:
        """Find what is worth knowing of a day (see `ModelProvider.find_insights`)."""
        asked = _with(facts_of(facts), complaint)
        return self.ask(
            model, Question("insights", asked, insight_answers.SCHEMA, _INSIGHTS_TOKENS)
        )

    def propose_profile(
        self,
        model: str,
        samples: Sequence[PreparedImage],
        facts: ProfileFacts,
        *,
        complaint: str | None = None,
    ) -> Answer:
        """Draft an analysis profile for a camera (see `ModelProvider.propose_profile`)."""
        asked = _with(facts_of(facts), complaint)
        question = Question(
            "propose_profile", asked, profile_answers.SCHEMA, _PROPOSAL_TOKENS, tuple(samples)
        )
        return self.ask(model, question)

    @abstractmethod
    def close(self) -> None:
        """Close idle connections; the provider may still be used and opens new ones."""

    def answered(
        self,
        raw: str,
        *,
        asked_model: str,
        served_model: str,
        usage: Usage,
        latency_ms: int,
        request_id: str | None,
    ) -> Answer:
        """Make the receipt of an answer, with what it cost."""
        cost, source = self._prices.cost(self.name, asked_model, usage, served=served_model)
        return Answer(
            raw=raw,
            served_model=served_model,
            usage=usage,
            cost_microdollars=cost,
            price_source=source,
            latency_ms=latency_ms,
            request_id=request_id,
        )

    def refused(self, answer: Answer) -> ModelError:
        """A paid answer in which the model declines."""
        return ModelError(
            ErrorClass.REFUSED, f"{self.name}: the model declined to answer", answer=answer
        )

    def broken_off(self, answer: Answer) -> ModelError:
        """A paid answer that is longer than it was allowed to be, and so is none."""
        return ModelError(
            ErrorClass.SCHEMA_INVALID,
            f"{self.name}: the answer broke off at its limit of length; say less",
            answer=answer,
        )


def _with(facts: dict[str, Any], complaint: str | None) -> dict[str, Any]:
    return facts if complaint is None else facts | {"complaint": complaint}
