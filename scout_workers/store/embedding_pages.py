"""All texts of an installation, page by page: what a model has yet to embed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from scout_workers.store.queries import vector_query

if TYPE_CHECKING:
    from scout_workers.domain.embedding_models import EmbeddingModel
    from scout_workers.store.transaction import Transaction

_FILL = vector_query("embedding_due_fill")
_MISSING = vector_query("embedding_texts_missing")
_REFUSED = vector_query("embedding_due_refused")
_RETRY = vector_query("embedding_due_retry")
_REMOVE = vector_query("embeddings_remove")
_REMOVE_DUE = vector_query("embedding_due_remove")

PAGE: Final = 1_000


class Cursor(NamedTuple):
    """The last text of a page."""

    organization_id: UUID
    source_kind: str
    source_id: UUID


START: Final = Cursor(UUID(int=0), "", UUID(int=0))


class Page(NamedTuple):
    """A page that was gone through.

    Attributes:
        texts: How many it had.
        due: How many of them the model has yet to embed, that were not due before.
    """

    last: Cursor
    texts: int
    due: int


def fill(tx: Transaction, model: EmbeddingModel, after: Cursor) -> Page | None:
    """Have a page of texts embedded; None: there is none after this one."""
    row = tx.row(_FILL, after._asdict() | {"model_id": model.id, "page": PAGE})
    return None if row is None else Page(Cursor(*row[:3]), *row[3:])


def missing(tx: Transaction, model: EmbeddingModel) -> int:
    """Count the texts that the model has neither embedded nor refused."""
    row = tx.row(_MISSING, {"model_id": model.id})
    assert row is not None  # a count is a row
    return int(row[0])


def refused(tx: Transaction, model: EmbeddingModel) -> int:
    """Count the texts that the model refused."""
    row = tx.row(_REFUSED, {"model_id": model.id})
    assert row is not None  # a count is a row
    return int(row[0])


def retry(tx: Transaction, model: EmbeddingModel) -> int:
    """Have what the model refused wait again, and say how many that are."""
    return tx.execute(_RETRY, {"model_id": model.id})


def remove(tx: Transaction, model: EmbeddingModel) -> int:
    """Remove some of what a retired model has, and say how much; 0: there is nothing left."""
    parameters = {"model_id": model.id, "page": PAGE}
    return tx.execute(_REMOVE, parameters) + tx.execute(_REMOVE_DUE, parameters)
