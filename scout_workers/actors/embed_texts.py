"""A batch of texts becomes vectors."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import dramatiq

from scout_workers import asking, deadline, gathering, messages
from scout_workers.domain import embeddings
from scout_workers.domain.calls import Lane
from scout_workers.resources import resources
from scout_workers.store import embedding_batches

if TYPE_CHECKING:
    from collections.abc import Callable

    from scout_workers.domain.calls import Answer, ModelName
    from scout_workers.domain.failures import Failure
    from scout_workers.store import Transaction
    from scout_workers.store.embedding_batches import Batch

logger = logging.getLogger(__name__)

FINISH_SECONDS = 5.0
"""What a finish has at least, though the budget be spent on the call."""


@dramatiq.actor(queue_name=messages.EMBEDDINGS)
@messages.giving_way
def embed_texts(batch_id: str) -> None:
    """Embed a batch of texts: begin, call, receipt, finish.

    Safe to run any number of times, at once or one after the other. A batch the model refuses is
    split until the text it means is alone; that one keeps the reason, all others their vectors.

    Raises:
        ScoutError: To be tried again, or deferred; it is written down already.
        Exception: An error nobody foresaw: to be tried again.
    """
    store, models, blobs = resources()

    with store.transaction() as tx:  # begin: milliseconds
        batch = embedding_batches.begin(tx, UUID(batch_id), messages.current_lease())
    if batch is None:
        return

    def prepare(name: ModelName, _complaint: str | None) -> Callable[[], Answer]:
        return partial(models.provider(name.provider).embed, name.model, batch.texts)

    question = asking.Question(store, blobs, batch.call)
    try:  # call, receipt: no connection is held
        vectors = question.answered(
            prepare,
            partial(embeddings.decode, count=len(batch.texts), dimensions=batch.model.dimensions),
        )
        if vectors is None:
            return
    except Exception as error:
        failure = question.failure(error)
        store.insist(lambda tx: _fail(tx, batch, question, failure))
        if not failure.final:
            raise
        logger.warning("batch %s: %s, %s", batch_id, failure.error_class, failure.detail)
        return

    with deadline.at_least(FINISH_SECONDS), store.transaction() as tx:  # finish: milliseconds
        if embedding_batches.finish(tx, batch, vectors):
            gathering.gather_texts().send(tx)
        messages.acknowledge(tx)


def _fail(tx: Transaction, batch: Batch, question: asking.Question, failure: Failure) -> None:
    halves = embedding_batches.fail(tx, batch, failure)
    question.fail(tx, failure)
    for half in halves:
        gathering.embed_texts(half, historical=batch.lane is Lane.BACKFILL).send(tx)
    if failure.final:
        messages.acknowledge(tx)
