"""A camera's hour, or a day of its hours, becomes a few sentences."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

import dramatiq

from scout_workers import asking, deadline, gathering, messages
from scout_workers.llm import summary_answers
from scout_workers.resources import resources
from scout_workers.store import summaries, summary_subjects

if TYPE_CHECKING:
    from collections.abc import Callable

    from scout_workers.asking import Question
    from scout_workers.domain.calls import Answer, ModelName
    from scout_workers.domain.failures import Failure
    from scout_workers.domain.summaries import SummaryFacts
    from scout_workers.llm.models import Models
    from scout_workers.store import Transaction
    from scout_workers.store.summaries import Draft

logger = logging.getLogger(__name__)

FINISH_SECONDS = 5.0
"""What a finish has at least, though the budget be spent on the call; it needs milliseconds."""


@dramatiq.actor(queue_name=messages.SUMMARY_GENERATION, on_retry_exhausted="abandon_summary")
@messages.giving_way
def generate_summary(organization_id: str, camera_id: str, kind: str, start: str) -> None:
    """Write about a window of time: begin, call, receipt, finish.

    Safe to run any number of times, at once or one after the other: equal facts are written about
    once. News that comes later makes another summary, by another message.

    Args:
        organization_id: Whose.
        camera_id: Of which camera; empty: of all.
        kind: "hour" or "day".
        start: Of an hour its beginning, of a day its local date (`domain.windows.named`).

    Raises:
        ScoutError: To be tried again, or deferred, or for an operator; it is written down already.
        Exception: An error nobody foresaw: to be tried again.
    """
    store, models, blobs = resources()
    chosen = models.choice(summaries.PURPOSE).first

    with store.transaction() as tx:  # begin: milliseconds
        subject = summary_subjects.find(tx, organization_id, camera_id, kind, start)
        draft = summaries.begin(tx, subject, messages.current_lease(), chosen)
    if draft is None:
        return

    question = asking.Question(store, blobs, draft.call)
    try:
        # call: seconds, and no connection is held
        # receipt: the paid answer is safe before anyone parses it
        summary = question.answered(partial(_prepared, models, draft.facts), summary_answers.parse)
    except Exception as error:
        failure = question.failure(error)
        store.insist(lambda tx: _fail(tx, draft, question, failure))
        if not failure.final:
            raise
        logger.warning("summary %s failed: %s, %s", draft.id, failure.error_class, failure.detail)
        return
    if summary is None:  # a late receipt: somebody else is at it
        return

    with deadline.at_least(FINISH_SECONDS), store.transaction() as tx:  # finish: milliseconds
        event_id = summaries.finish(tx, draft, summary)
        messages.broadcast_event(event_id).send(tx)
        gathering.soon(store, tx)
        messages.acknowledge(tx)


def _fail(tx: Transaction, draft: Draft, question: Question, failure: Failure) -> None:
    event_id = summaries.fail(tx, draft, failure)
    question.fail(tx, failure)
    if event_id is not None:
        messages.broadcast_event(event_id).send(tx)
        messages.acknowledge(tx)


def _prepared(
    models: Models, facts: SummaryFacts, name: ModelName, complaint: str | None
) -> Callable[[], Answer]:
    """Return the call to be made to whoever is asked."""
    provider = models.provider(name.provider)
    return partial(provider.summarize, name.model, facts, complaint=complaint)
