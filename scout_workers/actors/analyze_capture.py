"""One capture's image becomes observations."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

import dramatiq

from scout_workers import asking, deadline, gathering, messages
from scout_workers.domain.errors import ScoutError, Verdict
from scout_workers.llm import answers, images, sameness
from scout_workers.resources import resources
from scout_workers.store import analyses, unchanged
from scout_workers.store.unchanged import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scout_workers.asking import Question
    from scout_workers.blobs.protocol import BlobStore
    from scout_workers.domain.calls import Answer, ModelName
    from scout_workers.domain.captures import BlobRef
    from scout_workers.domain.failures import Failure
    from scout_workers.domain.unchanged import News
    from scout_workers.llm.models import Models
    from scout_workers.llm.protocol import PreparedImage
    from scout_workers.store import Store, Transaction
    from scout_workers.store.analyses import Analysis

logger = logging.getLogger(__name__)

FINISH_SECONDS = 5.0
"""What a finish has at least, though the budget be spent on the call; it needs milliseconds."""


@dramatiq.actor(queue_name=messages.PROCESSING, on_retry_exhausted="abandon_analysis")
@messages.giving_way
def analyze_capture(capture_id: str, analysis_id: str | None = None) -> None:
    """Describe a capture's image: begin, call, receipt, finish.

    The capture's own analysis, or the run somebody asked for. Safe to run any number of times, at
    once or one after the other: what was done is not done again, and the one paid call is
    repeated only where the ledger names the first `in_doubt`.

    Raises:
        ScoutError: To be tried again, or deferred, or for an operator; it is written down already.
        Exception: An error nobody foresaw: to be tried again.
    """
    store, models, blobs = resources()

    with store.transaction() as tx:  # begin: milliseconds
        run = None if analysis_id is None else UUID(analysis_id)
        lease, lane = messages.current_lease(), messages.current_lane()
        analysis = analyses.begin(tx, UUID(capture_id), lease, run, lane=lane, look=True)
    if isinstance(analysis, Look):  # not every picture is paid for: perhaps it shows no news
        analysis = _looked(store, blobs, analysis, run)
    if analysis is None:
        return
    if analysis.call.refusal is not None:  # a gate, a budget, a pause: it is written down already
        raise analysis.call.refusal

    question = asking.Question(store, blobs, analysis.call)
    try:
        # call: 5 to 30 s, and no connection is held
        # receipt: the paid answer is safe before anyone parses it
        description = question.answered(partial(_prepared, models, blobs, analysis), answers.parse)
    except Exception as error:
        failure = question.failure(error)
        store.insist(lambda tx: _fail(tx, analysis, question, failure))
        if not failure.final:
            raise
        logger.warning("capture %s failed: %s, %s", capture_id, failure.error_class, failure.detail)
        return
    if description is None:  # a late receipt: somebody else is at it
        return

    with deadline.at_least(FINISH_SECONDS), store.transaction() as tx:  # finish: milliseconds
        event_id = analyses.finish(tx, analysis, description)
        if event_id is not None:
            messages.broadcast_event(event_id).send(tx)
        gathering.soon(store, tx)
        messages.acknowledge(tx)


def _looked(store: Store, blobs: BlobStore, look: Look, run: UUID | None) -> Analysis | None:
    """Hold the image against an earlier one; skip it if it shows no news, else begin with it."""
    news = _news(blobs, look)
    with store.transaction() as tx:
        if news is not None and unchanged.skip(tx, look, news):
            messages.acknowledge(tx)
            return None
        lane = messages.current_lane()
        return analyses.begin(tx, look.capture.id, look.lease_token, run, lane=lane)


def _news(blobs: BlobStore, look: Look) -> News | None:
    """Compare the image with the earlier one; None: one of the two cannot be read."""
    try:
        earlier = _image(blobs, look.resembles.blob)
        return sameness.news(_image(blobs, look.capture.blob), earlier)
    except ScoutError as error:
        # Whoever analyses it meets the same error, and writes it down.
        logger.debug("capture %s cannot be compared: %s", look.capture.id, error.detail)
        return None


def _fail(tx: Transaction, analysis: Analysis, question: Question, failure: Failure) -> None:
    event_id = analyses.fail(tx, analysis, failure)
    question.fail(tx, failure)
    if event_id is not None:
        messages.broadcast_event(event_id).send(tx)
    if failure.final:
        messages.acknowledge(tx)


def _prepared(
    models: Models, blobs: BlobStore, analysis: Analysis, name: ModelName, complaint: str | None
) -> Callable[[], Answer]:
    """Read the images for whoever is asked, and return the call to be made."""
    profile = replace(analysis.profile, provider=name.provider, model=name.model)
    provider = models.provider_for(profile)
    image = _image(blobs, analysis.capture.blob)
    references = islice(_readable(blobs, analysis.references), provider.references_wanted)
    return partial(provider.describe, image, profile, list(references), complaint=complaint)


def _image(blobs: BlobStore, ref: BlobRef) -> PreparedImage:
    return images.prepare(blobs.read(ref, limit=images.Limits().bytes))


def _readable(blobs: BlobStore, refs: Iterable[BlobRef]) -> Iterator[PreparedImage]:
    """Yield those earlier images that can be read: another capture's fault is not this one's."""
    for ref in refs:
        try:
            yield _image(blobs, ref)
        except ScoutError as error:
            if error.error_class.verdict is not Verdict.TERMINAL:
                raise
            logger.debug("the earlier image %s is of no use: %s", ref.key, error.detail)
