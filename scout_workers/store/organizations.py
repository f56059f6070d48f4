"""Organizations: whose cameras they are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from scout_workers.store.transaction import Transaction

_INSERT = query("organizations_insert")
_FIND = query("organizations_find")


def find_or_create(tx: Transaction, name: str) -> UUID:
    """Return the id of the organization of that name, created if it is new.

    Raises:
        psycopg.errors.CheckViolation: The name is empty.
    """
    row = tx.row(_INSERT, {"name": name}) or tx.row(_FIND, {"name": name})
    assert row is not None  # what made the insert give way is committed, and never deleted
    assert isinstance(row[0], UUID)
    return row[0]
