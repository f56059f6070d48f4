"""An organization's local day becomes what is worth knowing of it, each thing with its evidence."""

from __future__ import annotations

import logging
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import dramatiq

from scout_workers import asking, deadline, gathering, messages
from scout_workers.llm import insight_answers
from scout_workers.resources import resources
from scout_workers.store import insights, summary_subjects

if TYPE_CHECKING:
    from collections.abc import Callable

    from scout_workers.asking import Question
    from scout_workers.domain.calls import Answer, ModelName
    from scout_workers.domain.failures import Failure
    from scout_workers.domain.insights import Findings, InsightFacts
    from scout_workers.llm.models import Models
    from scout_workers.store import Transaction
    from scout_workers.store.insights import InsightRun

logger = logging.getLogger(__name__)

FINISH_SECONDS = 5.0
"""What a finish has at least, though the budget be spent on the call; it needs milliseconds."""


@dramatiq.actor(queue_name=messages.INSIGHTS, on_retry_exhausted="abandon_insights")
@messages.giving_way
def generate_insights(organization_id: str, day: str) -> None:
    """Find what is worth knowing of a day: begin, call, receipt, finish.

    Safe to run any number of times, at once or one after the other: equal facts are looked over
    once. What a model cites and was not given is refused.

    Args:
        organization_id: Whose day.
        day: The local date, in ISO 8601.

    Raises:
        ScoutError: To be tried again, or deferred, or for an operator; it is written down already.
        Exception: An error nobody foresaw: to be tried again.
    """
    store, models, blobs = resources()
    chosen = models.choice(insights.PURPOSE).first

    with store.transaction() as tx:  # begin: milliseconds
        subject, time_zone = summary_subjects.day(tx, organization_id, day)
        run = insights.begin(tx, subject, time_zone, messages.current_lease(), chosen)
    if run is None:
        return

    question = asking.Question(store, blobs, run.call)
    try:
        # call: seconds, and no connection is held
        # receipt: the paid answer is safe before anyone parses it
        findings: Findings | None = question.answered(
            partial(_prepared, models, run.facts),
            partial(insight_answers.findings, facts=run.facts),
        )
    except Exception as error:
        failure = question.failure(error)
        store.insist(lambda tx: _fail(tx, run, question, failure))
        if not failure.final:
            raise
        logger.warning("insights of %s failed: %s, %s", day, failure.error_class, failure.detail)
        return
    if findings is None:  # a late receipt: somebody else is at it
        return

    with deadline.at_least(FINISH_SECONDS), store.transaction() as tx:  # finish: milliseconds
        event_id = insights.finish(tx, run, findings)
        messages.broadcast_event(event_id).send(tx)
        gathering.soon(store, tx)
        messages.acknowledge(tx)
    if findings.refused or findings.dropped:
        logger.warning(
            "insights of %s: %s citations refused, %s insights without evidence dropped",
            date.fromisoformat(day),
            findings.refused,
            findings.dropped,
        )


def _fail(tx: Transaction, run: InsightRun, question: Question, failure: Failure) -> None:
    event_id = insights.fail(tx, run, failure)
    question.fail(tx, failure)
    if event_id is not None:
        messages.broadcast_event(event_id).send(tx)
        messages.acknowledge(tx)


def _prepared(
    models: Models, facts: InsightFacts, name: ModelName, complaint: str | None
) -> Callable[[], Answer]:
    """Return the call to be made to whoever is asked."""
    provider = models.provider(name.provider)
    return partial(provider.find_insights, name.model, facts, complaint=complaint)
