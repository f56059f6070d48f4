"""What the store borrows: connections, from wherever they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import psycopg

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"
Row: TypeAlias = tuple[Any, ...]


class ConnectionSource(Protocol):
    """Where the store borrows connections: autocommit ones that leave nothing prepared."""

    def connection(self, *, timeout: float | None = None) -> AbstractContextManager[Connection]:
        """Lend a connection, waiting for one no longer than `timeout` seconds."""
        ...
