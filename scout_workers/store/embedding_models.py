"""The registry of embedding models, and how far each has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.domain.embedding_models import EmbeddingModel, ModelState
from scout_workers.store.queries import vector_query

if TYPE_CHECKING:
    from scout_workers.store.transaction import Row, Transaction

_ACTIVE = vector_query("embedding_models_active")


def active(tx: Transaction) -> EmbeddingModel | None:
    """Return the model whose vectors are asked; None: there is none yet."""
    row = tx.row(_ACTIVE, {})
    return None if row is None else model_of(row)


def model_of(row: Row) -> EmbeddingModel:
    """Return the model of a row: id, provider, model, dimensions, state, pgvector's schema."""
    id_, provider, model, dimensions, state, schema = row
    return EmbeddingModel(id_, provider, model, dimensions, ModelState(state), schema)
