"""What waits to be embedded becomes batches; batches whose messages are lost are found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from scout_workers.domain.calls import Lane
from scout_workers.domain.embeddings import BATCH
from scout_workers.store.queries import vector_query

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_GATHER = vector_query("embedding_due_gather")
_STRANDED = vector_query("embedding_batches_stranded")
_FORGET = vector_query("embedding_batches_forget")
_LEFT = vector_query("embedding_due_left")

OPEN_BATCHES: Final = 16
"""Of one organization, model and lane; more would wait in the broker and not here."""

AT_ONCE: Final = 200
"""Batches of one gathering, which is one short transaction."""

STRANDED_SECONDS: Final = 3600.0
KEPT_DAYS: Final = 30


class Waiting(NamedTuple):
    """A batch whose message is to be sent."""

    id: UUID
    lane: Lane


def gather(tx: Transaction) -> list[Waiting]:
    """Make batches of the texts that wait, live ones first, and return them.

    No more than `AT_ONCE`: where there are as many, more may wait.
    """
    rows = tx.rows(_GATHER, {"batch": BATCH, "open": OPEN_BATCHES, "most": AT_ONCE})
    return [Waiting(batch_id, Lane(lane)) for batch_id, lane in rows]


def stranded(tx: Transaction) -> list[Waiting]:
    """Return open batches that nobody has touched for an hour."""
    rows = tx.rows(_STRANDED, {"seconds": STRANDED_SECONDS})
    return [Waiting(batch_id, Lane(lane)) for batch_id, lane in rows]


def left(tx: Transaction, organization_id: UUID) -> int:
    """Count an organization's texts that are still to be embedded."""
    row = tx.row(_LEFT, {"organization_id": organization_id})
    assert row is not None  # a count is a row
    return int(row[0])


def forget(tx: Transaction) -> None:
    """Delete some batches that were settled long ago."""
    tx.execute(_FORGET, {"days": KEPT_DAYS})
