"""An open transaction, as the store's functions are given it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scout_workers.store.connections import Connection, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from psycopg.sql import SQL, Composed

    from scout_workers.domain.terms import Terms
    from scout_workers.store.aside import Aside

__all__ = ["Connection", "Row", "Transaction"]

logger = logging.getLogger(__name__)


class Transaction:
    """An open transaction. Only `Store.transaction` makes, commits and rolls back one.

    Attributes:
        connection: The connection it is open on, for whoever joins it with statements of its own
            (the broker does).
        terms: The terms under which models are asked, for the ledger.
        aside: For what commits by itself, whatever becomes of this transaction.
    """

    def __init__(self, connection: Connection, terms: Terms, aside: Aside) -> None:
        self.connection = connection
        self.terms = terms
        self.aside = aside
        self._hooks: list[Callable[[], object]] = []

    def execute(self, query: SQL | Composed, parameters: Mapping[str, Any]) -> int:
        """Run a statement for its effect and return how many rows it touched.

        Raises:
            psycopg.Error: As the statement raises; the transaction is lost.
        """
        return self.connection.execute(query, parameters).rowcount

    def row(self, query: SQL | Composed, parameters: Mapping[str, Any]) -> Row | None:
        """Run a statement and return its first row, or None where it has none.

        Raises:
            psycopg.Error: As the statement raises; the transaction is lost.
        """
        return self.connection.execute(query, parameters).fetchone()

    def rows(self, query: SQL | Composed, parameters: Mapping[str, Any]) -> list[Row]:
        """Run a statement and return all its rows.

        Raises:
            psycopg.Error: As the statement raises; the transaction is lost.
        """
        return self.connection.execute(query, parameters).fetchall()

    def after_commit(self, hook: Callable[[], object]) -> None:
        """Call `hook` once the commit has succeeded and the connection is given back.

        Never called if the transaction does not commit. The committed work stands whatever the
        hook does: what it raises is logged with its traceback, and the next hook runs.
        """
        self._hooks.append(hook)

    def run_hooks(self) -> None:
        """Run the hooks, in the order they were added."""
        for hook in self._hooks:
            try:
                hook()
            except Exception:
                logger.exception("%r failed after its commit; the committed work stands", hook)
