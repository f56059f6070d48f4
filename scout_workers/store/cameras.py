"""Cameras: where captures come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from scout_workers.store.organizations import Organization
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from scout_workers.store.transaction import Transaction

_INSERT = query("cameras_insert")
_FIND = query("cameras_find")
_NAMED = query("cameras_named")


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as people name it, and whose it is."""

    id: UUID
    name: str
    organization: Organization


def find_or_create(tx: Transaction, organization_id: UUID, name: str) -> UUID:
    """Return the id of the organization's camera of that name, created if it is new.

    Raises:
        psycopg.errors.ForeignKeyViolation: There is no such organization.
        psycopg.errors.CheckViolation: The name is empty.
    """
    parameters = {"organization_id": organization_id, "name": name}
    row = tx.row(_INSERT, parameters) or tx.row(_FIND, parameters)
    assert row is not None  # what made the insert give way is committed, and never deleted
    assert isinstance(row[0], UUID)
    return row[0]


def named(
    tx: Transaction, name: str | None = None, organization_id: UUID | None = None
) -> list[Camera]:
    """Return the cameras of a name, each of another organization; None does not filter."""
    rows = tx.rows(_NAMED, {"name": name, "organization_id": organization_id})
    return [Camera(id_, name_, Organization(*whose)) for id_, name_, *whose in rows]
