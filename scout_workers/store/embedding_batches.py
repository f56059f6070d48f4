"""Batches of texts on their way to an embedding model; begun, then completed, split or failed once.

pending -> running -> completed
           running -> pending     a transient failure; the message comes again, counted
           running -> deferred    the other side is busy, or someone else is at it; uncounted
           running -> split       the model refused it: two halves go on as batches of their own
           running -> failed      for good: a single text, or the model itself cannot be asked
pending, deferred -> skipped      of a model that is retired by now

A text that is due stands in `embedding_due` until it has its vector. It goes with one batch at a
time; one that a model refuses alone keeps the reason and goes with none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.sql import Identifier

from scout_workers.domain import embeddings
from scout_workers.domain.calls import Lane
from scout_workers.domain.embedding_requests import request_for
from scout_workers.domain.errors import ErrorClass
from scout_workers.domain.leases import LeaseLostError
from scout_workers.store import embedding_models, ledger
from scout_workers.store.queries import vector_query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from scout_workers.domain.embedding_models import EmbeddingModel
    from scout_workers.domain.failures import Failure
    from scout_workers.domain.requests import Call
    from scout_workers.store.transaction import Transaction

_LOCK = vector_query("embedding_batches_lock")
_TAKE = vector_query("embedding_batches_take")
_SET_STATE = vector_query("embedding_batches_set_state")
_INSERT = vector_query("embedding_batches_insert")
_MOVE = vector_query("embedding_batches_move")
_TEXTS = vector_query("embedding_batches_texts")
_REFUSE = vector_query("embedding_due_refuse")
_RELEASE = vector_query("embedding_due_release")
_DROP = vector_query("embedding_due_drop")
_WAITS = vector_query("embedding_due_waits")
_REUSE = vector_query("embeddings_reuse")
_WRITE = vector_query("embeddings_insert")

_SETTLED = {"completed", "split", "failed", "skipped"}

# A model that refuses a batch may mean one of its texts.
_OF_ONE_TEXT = {ErrorClass.BAD_REQUEST, ErrorClass.CONTEXT_TOO_LONG, ErrorClass.REFUSED}


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that was begun: what its claim works with until it ends.

    Attributes:
        hashes: The contents, by which the vectors are filed.
        texts: The same contents in words, in the same order.
        call: The one paid call there is for it; its answer, if it is there already.
    """

    id: UUID
    organization_id: UUID
    lane: Lane
    model: EmbeddingModel
    hashes: tuple[bytes, ...]
    texts: tuple[str, ...]
    call: Call


def begin(tx: Transaction, batch_id: UUID, lease_token: str) -> Batch | None:
    """Take a batch: its lease, and the right to the one call for its contents.

    Contents whose vector is there already, under another text, are filed at once.

    Returns:
        The batch; None: there is nothing to ask for, since it is settled, its model retired, its
        texts gone or all of them known.

    Raises:
        CallInFlightError: Another message is at it: to be looked at again later.
    """
    row = tx.row(_LOCK, {"id": batch_id})
    if row is None or row[3] in _SETTLED:
        return None
    _, organization_id, lane, _, *of_model = row
    model = embedding_models.model_of(tuple(of_model))
    identity = {"id": batch_id, "organization_id": organization_id}
    tx.execute(_TAKE, {"id": batch_id, "lease_token": lease_token})
    if not model.state.is_fed:
        tx.execute(_DROP, identity)
        _set_state(tx, batch_id, lease_token, "skipped")
        return None
    tx.execute(_REUSE, identity)
    contents = [(bytes(hash_), body) for hash_, body in tx.rows(_TEXTS, identity)]
    if not contents:
        _set_state(tx, batch_id, lease_token, "completed")
        return None
    hashes, texts = zip(*contents, strict=True)
    request = request_for(model, organization_id, texts, subject_id=batch_id, lane=Lane(lane))
    call = ledger.begin(tx, request, lease_token)
    if call.refusal is not None:
        refused = call.refusal
        _set_state(tx, batch_id, lease_token, "deferred", refused.error_class, refused.detail)
    return Batch(batch_id, organization_id, Lane(lane), model, hashes, texts, call)


def finish(tx: Transaction, batch: Batch, vectors: Sequence[embeddings.Vector | None]) -> bool:
    """Complete a batch with its vectors, and say whether more of the organization's texts wait.

    Raises:
        LeaseLostError: Somebody else began since, or ended it: the transaction must not commit.
    """
    _fence(tx, batch, "completed")
    filed = [
        (hash_, embeddings.literal(vector))
        for hash_, vector in zip(batch.hashes, vectors, strict=True)
        if vector is not None
    ]
    pointless = [
        hash_ for hash_, vector in zip(batch.hashes, vectors, strict=True) if vector is None
    ]
    write = _WRITE.format(vectors=Identifier(batch.model.schema))
    tx.execute(
        write,
        _identity(batch)
        | {"hashes": [hash_ for hash_, _ in filed], "vectors": [each for _, each in filed]},
    )
    if pointless:
        _refuse(tx, batch, pointless, ErrorClass.SCHEMA_INVALID, "its vector points nowhere")
    tx.execute(_RELEASE, _identity(batch))
    return more_wait(tx, batch)


def fail(tx: Transaction, batch: Batch, failure: Failure) -> tuple[UUID, ...]:
    """Write down that a batch did not succeed this time, or never will.

    Safe to repeat after a commit whose reply was lost, but for the halves, which are made once.

    Returns:
        The halves to be sent, where the model refused several texts and may mean one of them.

    Raises:
        LeaseLostError: Somebody else began since: the transaction must not commit.
    """
    error = (failure.error_class, failure.detail)
    if not failure.final:
        _fence(tx, batch, failure.analysis_state, *error)
        return ()
    if failure.error_class in _OF_ONE_TEXT and len(batch.hashes) > 1:
        return _split(tx, batch, failure)
    _fence(tx, batch, "failed", *error)
    _refuse(tx, batch, batch.hashes, *error)
    tx.execute(_RELEASE, _identity(batch))
    return ()


def more_wait(tx: Transaction, batch: Batch) -> bool:
    """Whether other texts of the organization wait for a batch of this model."""
    parameters = {"organization_id": batch.organization_id, "model_id": batch.model.id}
    row = tx.row(_WAITS, parameters)
    assert row is not None  # EXISTS has an answer
    return bool(row[0])


def _split(tx: Transaction, batch: Batch, failure: Failure) -> tuple[UUID, ...]:
    row = tx.row(_LOCK, {"id": batch.id})
    if row is not None and row[3] == "split":
        return ()  # by us, in a commit whose reply was lost: the halves went out with it
    _fence(tx, batch, "split", failure.error_class, failure.detail)
    middle = len(batch.hashes) // 2
    halves = []
    for hashes in (batch.hashes[:middle], batch.hashes[middle:]):
        made = tx.row(_INSERT, {"id": batch.id})
        assert made is not None  # a copy of a row that is there
        tx.execute(_MOVE, _identity(batch) | {"to": made[0], "hashes": list(hashes)})
        halves.append(made[0])
    tx.execute(_RELEASE, _identity(batch))
    return tuple(halves)


def _refuse(
    tx: Transaction, batch: Batch, hashes: Sequence[bytes], error_class: str, detail: str
) -> None:
    error = {"error_class": error_class, "error_detail": detail}
    tx.execute(_REFUSE, _identity(batch) | error | {"hashes": list(hashes)})


def _fence(tx: Transaction, batch: Batch, state: str, *error: str) -> None:
    if _set_state(tx, batch.id, batch.call.lease_token, state, *error) == 0:
        raise LeaseLostError(f"the batch {batch.id} is no longer held by this claim")


def _set_state(
    tx: Transaction,
    batch_id: UUID,
    lease_token: str,
    state: str,
    *error: str,
) -> int:
    error_class, detail = error or (None, None)
    parameters = {
        "id": batch_id,
        "lease_token": lease_token,
        "state": state,
        "settled": state in _SETTLED,
        "error_class": error_class,
        "error_detail": detail,
    }
    return tx.execute(_SET_STATE, parameters)


def _identity(batch: Batch) -> dict[str, Any]:
    return {"id": batch.id, "organization_id": batch.organization_id}
