"""Texts that wait for their vectors become batches, and each batch a message."""

from __future__ import annotations

import dramatiq

from scout_workers import gathering, messages
from scout_workers.domain.calls import Lane
from scout_workers.resources import resources
from scout_workers.store import embedding_queue


@dramatiq.actor(queue_name=messages.SCHEDULED)
@messages.giving_way
def gather_texts() -> None:
    """Make batches of what waits, and send those again whose messages were lost.

    Sent by the schedule, soon after texts were written, and by whoever ended a batch while more
    was waiting. Any number may run at once: what one holds, the others pass over.
    """
    store, _, _ = resources()
    if not store.vectors:
        return
    with store.transaction() as tx:
        embedding_queue.forget(tx)
        gathered = embedding_queue.gather(tx)
        for batch in [*gathered, *embedding_queue.stranded(tx)]:
            historical = batch.lane is Lane.BACKFILL
            gathering.embed_texts(batch.id, historical=historical).send(tx)
        if len(gathered) == embedding_queue.AT_ONCE:
            gathering.gather_texts().send(tx)
        messages.acknowledge(tx)
