"""Statements that commit by themselves, beside whatever transaction is open.

What a whole fleet shares in one row must not stay locked until somebody's transaction ends: that
takes round trips, a disk, and a process that is not stopped just then. A statement aside is begun,
run and committed by the server in one exchange, on a connection whose borrowers wait for nothing
else; so nobody waits for it for long, whoever is away.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.sql import SQL

from scout_workers.store.errors import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg.sql import Composed

    from scout_workers.store.connections import Connection, ConnectionSource, Row

CHECKOUT_SECONDS = 1.0

# The commit does not wait for the disk: whoever acts on it commits something of their own, later in
# the same log, and that is on disk no sooner than this.
_LIMITS = SQL(
    "SET LOCAL lock_timeout = 500; SET LOCAL statement_timeout = 2000; "
    "SET LOCAL synchronous_commit = off; "
)


class Aside:
    """Runs statements that commit by themselves.

    Args:
        pool: Of few connections. Whoever borrows one may hold another of the application's
            meanwhile, so it should not be the pool those come from.
    """

    def __init__(self, pool: ConnectionSource) -> None:
        self._pool = pool

    def row(self, query: SQL | Composed, parameters: Mapping[str, Any]) -> Row | None:
        """Run a statement, commit it, and return its first row, or None where it has none.

        Raises:
            StoreBusyError: No connection was to be had, or somebody else's lock was not gone in
                time: nothing was done.
            psycopg.Error: As the statement raises. After a lost connection nobody knows whether
                it was done.
        """
        with ExitStack() as stack:
            connection = self._borrow(stack)
            try:
                return _run(connection, query, parameters)
            except psycopg.errors.LockNotAvailable as error:
                raise StoreBusyError(f"it is taken: {error}") from error
            except psycopg.errors.QueryCanceled as error:
                raise StoreBusyError(f"the database is slow: {error}") from error

    def _borrow(self, stack: ExitStack) -> Connection:
        try:
            return stack.enter_context(self._pool.connection(timeout=CHECKOUT_SECONDS))
        except Exception as error:
            raise StoreBusyError(f"no connection to ask on: {error}") from error


def _run(
    connection: Connection, query: SQL | Composed, parameters: Mapping[str, Any]
) -> Row | None:
    # The client's cursor puts values into the text, so that all of it is one simple query: one
    # transaction and one exchange, and PgBouncer gives the server's connection back after it.
    with psycopg.ClientCursor(connection) as cursor:
        cursor.execute(_LIMITS + query, parameters)
        while cursor.nextset():
            pass
        return cursor.fetchone() if cursor.description else None
