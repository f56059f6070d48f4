"""A camera's pictures become a draft of an analysis profile, for somebody to decide on."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import dramatiq

from scout_workers import asking, deadline, messages
from scout_workers.domain.errors import ErrorClass, ScoutError, Verdict
from scout_workers.domain.failures import failure_of
from scout_workers.domain.profile_drafts import Candidate, diverse
from scout_workers.llm import images, profile_answers, sameness
from scout_workers.resources import resources
from scout_workers.store import profile_generations
from scout_workers.store.profile_generations import PURPOSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scout_workers.asking import Question
    from scout_workers.blobs.protocol import BlobStore
    from scout_workers.domain.calls import Answer, ModelName
    from scout_workers.domain.captures import BlobRef
    from scout_workers.domain.failures import Failure
    from scout_workers.llm.models import Models
    from scout_workers.llm.protocol import PreparedImage
    from scout_workers.store import Transaction
    from scout_workers.store.generation import Generation
    from scout_workers.store.profile_samples import Picture

logger = logging.getLogger(__name__)

FINISH_SECONDS = 5.0
"""What a finish has at least, though the budget be spent on the call; it needs milliseconds."""


@dramatiq.actor(queue_name=messages.PROFILE_GENERATION, on_retry_exhausted="abandon_profile")
@messages.giving_way
def generate_profile(generation_id: str) -> None:
    """Draft a profile: begin, choose samples, call, receipt, finish. It is never active by itself.

    Safe to run any number of times, at once or one after the other. Samples are chosen once, so
    that a retry asks the same question; equal questions are paid once.

    Raises:
        ScoutError: To be tried again, or deferred, or for an operator; it is written down already.
        Exception: An error nobody foresaw: to be tried again.
    """
    store, models, blobs = resources()

    with store.transaction() as tx:  # begin: milliseconds
        begun = profile_generations.begin(tx, UUID(generation_id), messages.current_lease())
    if begun is None:
        return

    generation, question = begun, None
    try:
        if generation.call is None:  # what to ask is not known yet: pictures are looked at first
            captures = _chosen(blobs, generation.pictures)
            with store.transaction() as tx:
                generation = profile_generations.choose(
                    tx, generation, captures, models.choice(PURPOSE).first
                )
        assert generation.call is not None
        question = asking.Question(store, blobs, generation.call)
        # call: seconds, and no connection is held
        # receipt: the paid answer is safe before anyone parses it
        draft = question.answered(
            partial(_prepared, models, blobs, generation), profile_answers.parse
        )
    except Exception as error:
        failure = failure_of(error, sent=False) if question is None else question.failure(error)
        store.insist(lambda tx: _fail(tx, begun, question, failure))
        if not failure.final:
            raise
        logger.warning(
            "profile generation %s failed: %s, %s", begun.id, failure.error_class, failure.detail
        )
        return
    if draft is None:  # a late receipt: somebody else is at it
        return

    with deadline.at_least(FINISH_SECONDS), store.transaction() as tx:  # finish: milliseconds
        profile_generations.finish(tx, generation, draft, models.choice("describe").first)
        messages.acknowledge(tx)


def _fail(
    tx: Transaction, generation: Generation, question: Question | None, failure: Failure
) -> None:
    profile_generations.fail(tx, generation, failure)
    if question is not None:
        question.fail(tx, failure)
    if failure.final:
        messages.acknowledge(tx)


def _chosen(blobs: BlobStore, pictures: Sequence[Picture]) -> list[UUID]:
    """Look at the pictures, and return the captures of those that differ most."""
    candidates = [
        Candidate(
            picture.capture_id,
            sameness.fingerprint(image),
            60 * picture.local_time.hour + picture.local_time.minute,
        )
        for picture in pictures
        for image in _readable(blobs, [picture.blob])
    ]
    if not candidates:
        raise ScoutError(
            ErrorClass.BAD_REQUEST,
            "none of the camera's pictures can be read: import some, then ask again",
        )
    return [each.capture_id for each in diverse(candidates, sameness.distance)]


def _prepared(
    models: Models,
    blobs: BlobStore,
    generation: Generation,
    name: ModelName,
    complaint: str | None,
) -> Callable[[], Answer]:
    """Read the samples for whoever is asked, and return the call to be made."""
    assert generation.facts is not None
    provider = models.provider(name.provider)
    samples = list(_readable(blobs, generation.samples))
    return partial(
        provider.propose_profile, name.model, samples, generation.facts, complaint=complaint
    )


def _readable(blobs: BlobStore, refs: Sequence[BlobRef]) -> Iterator[PreparedImage]:
    """Yield those pictures that can be read."""
    for ref in refs:
        budget = deadline.current()
        if budget is not None:
            budget.check()
        try:
            yield images.prepare(blobs.read(ref, limit=images.Limits().bytes))
        except ScoutError as error:
            if error.error_class.verdict is not Verdict.TERMINAL:
                raise
            logger.debug("the picture %s is of no use: %s", ref.key, error.detail)
