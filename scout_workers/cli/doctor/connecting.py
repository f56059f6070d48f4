"""A connection of doctor's own, past the pools, and one row of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.app import App


@contextmanager
def connected(app: App) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Connect as the application does."""
    with psycopg.connect(
        app.database_url,
        autocommit=True,
        prepare_threshold=None,
        connect_timeout=5,
        application_name="scout_doctor",
    ) as connection:
        yield connection


def row(connection: psycopg.Connection[tuple[Any, ...]], query: str) -> tuple[Any, ...]:
    """Run a statement that has one row, and return it."""
    found = connection.execute(query.encode()).fetchone()
    assert found is not None
    return found


def through_pooler(connection: psycopg.Connection[tuple[Any, ...]], pid: int) -> bool:
    """Tell whether something stands between, from the server's process id.

    A pooler hands out cancel keys of its own; only a server's is its process's id.
    """
    return pid != connection.info.backend_pid
