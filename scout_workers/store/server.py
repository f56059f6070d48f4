"""The server we share with others: who holds its connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import datetime

    from scout_workers.store.transaction import Transaction

_CONNECTIONS = query("report_connections")
_SERVER = query("report_server")
_FLOW = query("report_flow")


@dataclass(frozen=True, slots=True)
class Connections:
    """The connections of those who call themselves alike.

    Attributes:
        active, idle, in_transaction: What they do; less than all where this role is not shown it.
        in_transaction_seconds: For how long one of them has been idle in a transaction.
    """

    application: str
    connections: int
    active: int
    idle: int
    in_transaction: int
    in_transaction_seconds: float | None


@dataclass(frozen=True, slots=True)
class Server:
    """The server's connections: in use by anybody, and how many there may be; its clock."""

    used: int
    most: int
    now: datetime


def connections(tx: Transaction) -> list[Connections]:
    """Tell who holds connections to this database, by application_name."""
    return [Connections(*row) for row in tx.rows(_CONNECTIONS, {})]


def server(tx: Transaction) -> Server:
    """Tell how many of the server's connections are in use."""
    row = tx.row(_SERVER, {})
    assert row is not None  # one row always
    return Server(*row)


def flow(tx: Transaction) -> tuple[int, int]:
    """Tell how many captures ever came and calls were ever begun, by the server's own counters."""
    row = tx.row(_FLOW, {})
    assert row is not None  # an aggregate
    return row[0], row[1]
