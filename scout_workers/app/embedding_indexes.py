"""The indexes of embedding models: made with a model, removed with it, by whoever owns the tables.

One index a model, partial and cast to its dimensions: pgvector indexes only vectors of one size,
and a model can be built beside the one that is asked.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from psycopg import sql

from scout_workers.domain.embedding_models import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.domain.calls import ModelName
    from scout_workers.domain.embedding_models import EmbeddingModel

    Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('scout embedding models', 0))"


def ensure_first(database_url: str, first: ModelName) -> bool:
    """Make the settings' model the active one of a database that has none yet.

    Nothing happens where any model is registered, or where its dimensions are not known: it is
    built and switched to by command then.

    Returns:
        Whether it was made.

    Raises:
        psycopg.Error: The server could not be reached, or refused.
    """
    dimensions = DIMENSIONS.get("/".join(first))
    if dimensions is None:
        return False
    with _connected(database_url) as connection:
        if _any(connection):
            return False
        with connection.transaction():
            connection.execute(_LOCK)
            if _any(connection):
                return False
            row = connection.execute(
                "INSERT INTO scout.embedding_models "
                "(provider, model, dimensions, state, activated_at) "
                "VALUES (%s, %s, %s, 'active', now()) RETURNING id",
                [*first, dimensions],
            ).fetchone()
            assert row is not None  # inserted, or an error was raised
            # The table is empty and nobody waits for it.
            connection.execute(_create(row[0], dimensions, _schema(connection)))
            connection.execute(
                "INSERT INTO scout.embedding_due "
                "(model_id, organization_id, source_kind, source_id, lane) "
                "SELECT %s, organization_id, source_kind, source_id, 'backfill' "
                "FROM scout.search_texts WHERE source_kind <> 'headline'",
                [row[0]],
            )
    return True


def make(database_url: str, model: EmbeddingModel) -> None:
    """Make a model's index, while the others are written to and searched.

    What an earlier attempt left half made is made anew.

    Raises:
        psycopg.Error: The server could not be reached, or refused.
    """
    with _connected(database_url) as connection:
        valid = connection.execute(
            "SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass(%s)",
            [f"scout.{name_of(model.id)}"],
        ).fetchone()
        if valid == (True,):
            return
        if valid is not None:
            drop(database_url, model)
        connection.execute(_create(model.id, model.dimensions, model.schema, concurrently=True))


def drop(database_url: str, model: EmbeddingModel) -> None:
    """Remove a model's index, if it is there, while the others are written to and searched.

    Raises:
        psycopg.Error: The server could not be reached, or refused.
    """
    with _connected(database_url) as connection:
        connection.execute(
            sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS scout.{}").format(
                sql.Identifier(name_of(model.id))
            )
        )


def name_of(model_id: int) -> str:
    """Return the name of a model's index."""
    return f"embeddings_nearest_{model_id}"


def _create(
    model_id: int, dimensions: int, schema: str, *, concurrently: bool = False
) -> sql.Composed:
    return sql.SQL(
        "CREATE INDEX {concurrently} {name} ON scout.embeddings "
        "USING hnsw ((embedding::{schema}.halfvec({dimensions})) {schema}.halfvec_cosine_ops) "
        "WHERE model_id = {model_id}"
    ).format(
        concurrently=sql.SQL("CONCURRENTLY" if concurrently else ""),
        name=sql.Identifier(name_of(model_id)),
        schema=sql.Identifier(schema),
        dimensions=sql.Literal(dimensions),
        model_id=sql.Literal(model_id),
    )


def _any(connection: Connection) -> bool:
    row = connection.execute("SELECT EXISTS (SELECT FROM scout.embedding_models)").fetchone()
    return row == (True,)


def _schema(connection: Connection) -> str:
    row = connection.execute(
        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
        "WHERE e.extname = 'vector'"
    ).fetchone()
    assert row is not None  # its tables were migrated
    return str(row[0])


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    """Connect past the pool: to build an index takes longer than any statement of ours may."""
    with psycopg.connect(
        database_url,
        autocommit=True,
        prepare_threshold=None,
        connect_timeout=5,
        application_name="scout_embeddings",
    ) as connection:
        yield connection
