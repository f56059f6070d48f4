"""Organizations: whose cameras they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from scout_workers.store.transaction import Transaction

_INSERT = query("organizations_insert")
_FIND = query("organizations_find")
_LIST = query("organizations_list")
_SET_TIME_ZONE = query("organizations_set_time_zone")


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization as people name it.

    Attributes:
        time_zone: Where its cameras' clocks stand ("Europe/Berlin").
    """

    id: UUID
    name: str
    time_zone: str


def find_or_create(tx: Transaction, name: str) -> UUID:
    """Return the id of the organization of that name, created if it is new.

    Raises:
        psycopg.errors.CheckViolation: The name is empty.
    """
    row = tx.row(_INSERT, {"name": name}) or tx.row(_FIND, {"name": name})
    assert row is not None  # what made the insert give way is committed, and never deleted
    assert isinstance(row[0], UUID)
    return row[0]


def everyone(tx: Transaction) -> list[Organization]:
    """Return all organizations, by name."""
    return [Organization(*row) for row in tx.rows(_LIST, {})]


def set_time_zone(tx: Transaction, organization_id: UUID, time_zone: str) -> bool:
    """Say where an organization's clock stands, and return whether that is new."""
    return tx.execute(_SET_TIME_ZONE, {"id": organization_id, "time_zone": time_zone}) > 0
