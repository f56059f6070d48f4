"""The provider that needs no key, no network and no weights: it measures, and says what it saw."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from scout_workers import deadline, phases
from scout_workers.domain import embeddings
from scout_workers.domain.calls import Answer, Usage
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.local import lexical, proposal
from scout_workers.llm.local.comparison import compare
from scout_workers.llm.local.frame import frame_of
from scout_workers.llm.local.measured import look_at, measure
from scout_workers.llm.local.obstruction import obstruction_of
from scout_workers.llm.local.report import answer_text
from scout_workers.llm.local.verdict import findings_of
from scout_workers.llm.local.writer import insights_text, summary_text
from scout_workers.llm.protocol import ModelError, ModelProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scout_workers.domain.insights import InsightFacts
    from scout_workers.domain.profile_drafts import ProfileFacts
    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.domain.summaries import SummaryFacts
    from scout_workers.llm.protocol import PreparedImage


class LocalProvider(ModelProvider):
    """Describes images by measuring them: the same image is always the same answer.

    It sees shapes, light and sharpness and never a van or a person, and does not read the
    profile's instructions. A change of any threshold is a new model name.
    """

    name: ClassVar[str] = "local"
    model: ClassVar[str] = "local-vision-v1"
    writer: ClassVar[str] = "local-writer-v1"
    references_wanted: ClassVar[int] = 3

    def describe(
        self,
        image: PreparedImage,
        profile: ProfileVersion,
        references: Sequence[PreparedImage] = (),
        *,
        complaint: str | None = None,
    ) -> Answer:
        """Measure an image, by itself and against earlier ones.

        Args:
            image: The capture.
            profile: Which model is meant; its instructions are for models that can read.
            references: Earlier images of the same camera, newest first; three are made use of.
            complaint: What was wrong with the last answer; it would be the same again.

        Raises:
            ModelError: bad_request: the profile names a model that is not this one.
            DeadlineExceeded: The context's time ran out between two measurements.
            TransactionHeldError: Called inside a transaction.
        """
        del complaint
        _only(self.model, "has the model", profile.model)
        return _free(self.model, lambda: _described(image, references[: self.references_wanted]))

    def summarize(self, model: str, facts: SummaryFacts, *, complaint: str | None = None) -> Answer:
        """Write about an hour or a day from what was counted and measured in it.

        Args:
            model: `writer`.
            facts: What there is to tell.
            complaint: What was wrong with the last answer; it would be the same again.

        Raises:
            ModelError: bad_request: there is no such model here.
            TransactionHeldError: Called inside a transaction.
        """
        del complaint
        _only(self.writer, "writes with the model", model)
        return _free(model, lambda: summary_text(facts))

    def find_insights(
        self, model: str, facts: InsightFacts, *, complaint: str | None = None
    ) -> Answer:
        """Say what lasted, what recurred and when most happened in a day.

        Args:
            model: `writer`.
            facts: What there is to tell.
            complaint: What was wrong with the last answer; it would be the same again.

        Raises:
            ModelError: bad_request: there is no such model here.
            TransactionHeldError: Called inside a transaction.
        """
        del complaint
        _only(self.writer, "writes with the model", model)
        return _free(model, lambda: insights_text(facts))

    def embed(self, model: str, texts: Sequence[str], *, query: bool = False) -> Answer:
        """Turn texts into vectors by what is written in them (`lexical`).

        Args:
            model: Which model is meant: `lexical-hash-v1`.
            texts: What to embed.
            query: Whether somebody searches for them; it makes no difference here.

        Raises:
            ModelError: bad_request: another model is meant.
            TransactionHeldError: Called inside a transaction.
        """
        del query
        _only(lexical.MODEL, "embeds with", model)
        return _free(
            model, lambda: embeddings.encode(lexical.embed(text).tolist() for text in texts)
        )

    def propose_profile(
        self,
        model: str,
        samples: Sequence[PreparedImage],
        facts: ProfileFacts,
        *,
        complaint: str | None = None,
    ) -> Answer:
        """Propose a profile from what the samples measure and how often which mark was set.

        Args:
            model: Which model is meant.
            samples: Pictures of the camera that differ from each other.
            facts: What else is known of it.
            complaint: What was wrong with the last answer; it would be the same again.

        Raises:
            ModelError: bad_request: there is no such model here.
            TransactionHeldError: Called inside a transaction.
        """
        del complaint
        _only(proposal.MODEL, "proposes with", model)
        return _free(model, lambda: proposal.proposal_text(samples, facts))


def _only(named: str, does: str, model: str) -> None:
    """Refuse every model but the one there is for this question."""
    phases.outside_transaction("model call")
    if model != named:
        raise ModelError(
            ErrorClass.BAD_REQUEST, f"the local provider {does} {named!r}, not {model!r}"
        )


def _free(model: str, write: Callable[[], str]) -> Answer:
    """Return what is written, which costs nothing."""
    began = time.perf_counter()
    raw = write()
    return Answer(
        raw=raw,
        served_model=model,
        usage=Usage(),
        cost_microdollars=0,
        price_source="free",
        latency_ms=round(1000 * (time.perf_counter() - began)),
    )


def _described(image: PreparedImage, references: Sequence[PreparedImage]) -> str:
    measured = measure(frame_of(image))
    earlier = []
    for reference in references:
        _in_time()
        earlier.append(look_at(frame_of(reference)))
    _in_time()
    look = measured.look
    comparison = compare(look, earlier)
    _in_time()
    obstruction = obstruction_of(look.frame, look.shown, look.exposure, comparison.earlier)
    return answer_text(measured, comparison, findings_of(measured, comparison, obstruction))


def _in_time() -> None:
    """Stop between two measurements once the attempt's time is up; each takes milliseconds."""
    budget = deadline.current()
    if budget is not None:
        budget.check()
