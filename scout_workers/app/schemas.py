"""The schemas of a database: which there are, and how they are brought up to date."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import psycopg

from scout_workers import broker, store
from scout_workers.app import brokers, embedding_indexes
from scout_workers.app.errors import UnsupportedServerError, VectorMissingError
from scout_workers.app.urls import in_postgres, place, same_database
from scout_workers.domain.calls import ModelName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scout_workers.settings import Settings

OLDEST_SERVER = 15
OLDEST_PGVECTOR = (0, 8)


def migrators(settings: Settings, database_url: str) -> Iterator[broker.Migrator]:
    """Yield one migrator a folder of migrations, in the order they are to be applied.

    The broker's tables are made where the broker is ours.

    Raises:
        UnknownBrokerError: The settings name a broker nobody here speaks.
    """
    _, messages_url = brokers.chosen(settings, database_url)
    if in_postgres(messages_url):
        yield broker.Migrator(
            # With a role of its own for the broker, migrations are still one owner's.
            database_url if same_database(messages_url, database_url) else messages_url,
            schema=settings.broker.schema_name,
            folder=broker.MIGRATIONS,
        )
    yield broker.Migrator(database_url, schema=store.SCHEMA, folder=store.MIGRATIONS)
    if settings.vector_search:
        yield broker.Migrator(
            database_url,
            schema=store.SCHEMA,
            folder=store.MIGRATIONS_VECTOR,
            series="vector",
        )


def migrate(
    settings: Settings, database_url: str, announce: Callable[[broker.Migration], None]
) -> int:
    """Bring every schema up to date.

    Returns:
        How many migrations were applied by this call.

    Raises:
        UnsupportedServerError: The server is older than Postgres 15.
        VectorMissingError: The settings ask for vectors and the server has no pgvector.
        UnknownBrokerError, BrokerClientError: The broker the settings name cannot be had.
        MigrationError: A file changed or failed, or the database is ahead of this release.
        psycopg.OperationalError: The server could not be reached.
    """
    check_server(settings, database_url)
    kind, url = brokers.chosen(settings, database_url)
    kind.prepare(url, database_url)
    applied = sum(migrator.apply(announce) for migrator in migrators(settings, database_url))
    if settings.vector_search:
        first = settings.models.embed
        embedding_indexes.ensure_first(database_url, ModelName(first.provider, first.model))
    return applied


def status(settings: Settings, database_url: str) -> list[broker.MigrationRow]:
    """List every migration and when it was applied.

    Raises:
        MigrationError: A file changed, or the database is ahead of this release.
        psycopg.OperationalError: The server could not be reached.
    """
    return [row for m in migrators(settings, database_url) for row in m.status()]


def check_server(settings: Settings, database_url: str) -> None:
    """Refuse a server that could not hold our tables, before anything is written to it.

    Raises:
        UnsupportedServerError: The server is older than Postgres 15.
        VectorMissingError: The settings ask for vectors and the server has no pgvector, or one that
            is too old.
        psycopg.OperationalError: The server could not be reached.
    """
    with psycopg.connect(database_url, connect_timeout=5, prepare_threshold=None) as connection:
        major = connection.info.server_version // 10000
        where = place(database_url)
        if major < OLDEST_SERVER:
            raise UnsupportedServerError(
                f"{where} is Postgres {major}; scout_workers needs {OLDEST_SERVER} or newer: "
                "upgrade it, or unset DATABASE_URL to use the embedded one"
            )
        if settings.vector_search:
            _check_pgvector(connection, f"{where} (Postgres {major})", major)


def _check_pgvector(
    connection: psycopg.Connection[tuple[Any, ...]], where: str, major: int
) -> None:
    row = connection.execute(
        "SELECT a.default_version, e.extversion FROM pg_available_extensions a "
        "LEFT JOIN pg_extension e ON e.extname = a.name WHERE a.name = 'vector'"
    ).fetchone()
    without = "or set SCOUT_VECTOR_SEARCH=false to do without similarity search"
    if row is None:
        raise VectorMissingError(
            f"{where} has no pgvector: install it there (Debian: postgresql-{major}-pgvector), "
            f"{without}"
        )
    offered, installed = row
    if _numbers(offered) < OLDEST_PGVECTOR:
        raise VectorMissingError(
            f"{where} has pgvector {offered}; filtered searches need "
            f"{'.'.join(map(str, OLDEST_PGVECTOR))} or newer: upgrade it there, {without}"
        )
    if installed is not None and _numbers(installed) < OLDEST_PGVECTOR:
        raise VectorMissingError(
            f"{where} offers pgvector {offered} and the database still has {installed}: "
            f"run ALTER EXTENSION vector UPDATE in it as its owner, {without}"
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
