"""What we remember: one function, one purpose, on the transaction it is given.

    with store.transaction() as tx:
        camera_id = cameras.find_or_create(tx, organization_id, "yard")

No function commits, and none takes a pool. All tables live in the schema `scout`, and all SQL
names it: behind PgBouncer a session has no search_path of its own.
"""

from __future__ import annotations

from importlib.resources import files

from scout_workers.store.connections import ConnectionSource
from scout_workers.store.core import Store
from scout_workers.store.errors import (
    CommitLostError,
    NestedTransactionError,
    StoreBusyError,
    StoreError,
    StoreUnavailableError,
    is_away,
)
from scout_workers.store.transaction import Transaction

SCHEMA = "scout"
MIGRATIONS = files(__package__).joinpath("migrations")
MIGRATIONS_VECTOR = files(__package__).joinpath("migrations_vector")

__all__ = [
    "MIGRATIONS",
    "MIGRATIONS_VECTOR",
    "SCHEMA",
    "CommitLostError",
    "ConnectionSource",
    "NestedTransactionError",
    "Store",
    "StoreBusyError",
    "StoreError",
    "StoreUnavailableError",
    "Transaction",
    "is_away",
]
