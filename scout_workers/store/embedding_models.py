"""The registry of embedding models, and how far each has come.

building -> active -> retired     a switch retires the one that was asked before
retired -> building               built on, from the vectors it still has
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.embedding_models import EmbeddingModel, ModelState
from scout_workers.store.queries import vector_query

if TYPE_CHECKING:
    from datetime import datetime

    from scout_workers.domain.calls import ModelName
    from scout_workers.store.transaction import Row, Transaction

_ACTIVE = vector_query("embedding_models_active")
_LIST = vector_query("embedding_models_list")
_FIND = vector_query("embedding_models_find")
_REGISTER = vector_query("embedding_models_register")
_RETIRE = vector_query("embedding_models_retire")
_ACTIVATE = vector_query("embedding_models_activate")


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model and how far it has come.

    Attributes:
        vectors: How many texts it has embedded.
        waiting: How many it has yet to.
        refused: How many it would not.
        index_bytes: None: it has no index.
    """

    model: EmbeddingModel
    activated_at: datetime | None
    vectors: int
    waiting: int
    refused: int
    index_bytes: int | None


def active(tx: Transaction) -> EmbeddingModel | None:
    """Return the model whose vectors are asked; None: there is none yet."""
    row = tx.row(_ACTIVE, {})
    return None if row is None else model_of(row)


def every(tx: Transaction) -> list[ModelLine]:
    """Return all models, the active one first."""
    return [ModelLine(model_of(row[:6]), *row[6:]) for row in tx.rows(_LIST, {})]


def find(tx: Transaction, name: ModelName) -> EmbeddingModel | None:
    """Return a model by its name, locked until the transaction ends."""
    row = tx.row(_FIND, name._asdict())
    return None if row is None else model_of(row)


def register(tx: Transaction, name: ModelName, dimensions: int) -> EmbeddingModel:
    """Have a model built, or built on; nothing changes of one that is built or asked already."""
    tx.execute(_REGISTER, name._asdict() | {"dimensions": dimensions})
    model = find(tx, name)
    assert model is not None  # inserted, or there before
    return model


def switch(tx: Transaction, model: EmbeddingModel) -> None:
    """Have this model asked from the commit on, and retire the one that was."""
    tx.execute(_RETIRE, {"id": None})
    tx.execute(_ACTIVATE, {"id": model.id})


def retire(tx: Transaction, model: EmbeddingModel) -> None:
    """Have a model neither asked nor fed."""
    tx.execute(_RETIRE, {"id": model.id})


def model_of(row: Row) -> EmbeddingModel:
    """Return the model of a row: id, provider, model, dimensions, state, pgvector's schema."""
    id_, provider, model, dimensions, state, schema = row
    return EmbeddingModel(id_, provider, model, dimensions, ModelState(state), schema)
