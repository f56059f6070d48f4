"""What people ask about organizations and cameras: read only, for the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_ORGANIZATIONS = query("organizations_report")
_CAMERAS = query("cameras_report")


@dataclass(frozen=True, slots=True)
class OrganizationLine:
    """One organization and what it has.

    Attributes:
        paused_by: Who paused it; None: nobody.
    """

    id: UUID
    name: str
    time_zone: str
    created_at: datetime
    cameras: int
    captures: int
    paused_by: str | None
    paused_reason: str | None


@dataclass(frozen=True, slots=True)
class CameraLine:
    """One camera, who looks at its pictures, and what it delivered.

    Attributes:
        version: Number of its active profile version; None throughout where it has none.
        latest: When its newest picture was taken.
        paused_by: Who paused it, or else its organization; None: nobody.
        paused_with_all: Whether it is the organization that is paused; None: nothing is.
    """

    id: UUID
    name: str
    organization: str
    time_zone: str
    created_at: datetime
    version: int | None
    provider: str | None
    model: str | None
    captures: int
    latest: datetime | None
    paused_by: str | None
    paused_reason: str | None
    paused_with_all: bool | None


def organizations(tx: Transaction, name: str | None = None) -> list[OrganizationLine]:
    """List organizations, by name; None does not filter."""
    return [OrganizationLine(*row) for row in tx.rows(_ORGANIZATIONS, {"name": name})]


def cameras(
    tx: Transaction, organization_id: UUID | None = None, camera_id: UUID | None = None
) -> list[CameraLine]:
    """List cameras, by name; None does not filter."""
    filters = {"organization_id": organization_id, "id": camera_id}
    return [CameraLine(*row) for row in tx.rows(_CAMERAS, filters)]
