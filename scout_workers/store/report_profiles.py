"""What people ask about profile versions: read only, for the command line; nothing here is hot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scout_workers.domain.profiles import SkipUnchanged
from scout_workers.store.organizations import Organization
from scout_workers.store.queries import query
from scout_workers.store.reports import between

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from scout_workers.store.transaction import Row, Transaction

_VERSIONS = query("report_versions")
_CHANGES = query("report_profile_changes")

_SEVERAL = 6


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a list.

    Attributes:
        number: 1 for the first of its camera.
        analyses: How many analyses it has, those that only compare versions left out.
    """

    id: UUID
    number: int
    state: str
    provider: str
    model: str
    instructions: str
    skip_unchanged: SkipUnchanged | None
    content_hash: str
    created_at: datetime
    camera_id: UUID
    camera: str
    organization: Organization
    analyses: int

    @property
    def title(self) -> str:
        """What people call it: "yard@3"."""
        return f"{self.camera}@{self.number}"


@dataclass(frozen=True, slots=True)
class Change:
    """One step in the history of a version.

    Attributes:
        from_state: None: it was made.
    """

    from_state: str | None
    to_state: str
    changed_by: str
    reason: str
    changed_at: datetime


def versions(
    tx: Transaction,
    *,
    organization_id: UUID | None = None,
    camera_id: UUID | None = None,
    state: str | None = None,
    limit: int = 20,
) -> list[VersionLine]:
    """List versions, camera by camera, the newest first; None does not filter."""
    filters: dict[str, Any] = {
        "organization_id": organization_id,
        "camera_id": camera_id,
        "state": state,
        "first": None,
        "last": None,
        "limit": limit,
    }
    return [_line(row) for row in tx.rows(_VERSIONS, filters)]


def versions_like(
    tx: Transaction, prefix: str, organization_id: UUID | None = None
) -> list[VersionLine]:
    """Return up to six versions whose ids begin with `prefix`, dashes or none.

    Raises:
        ValueError: `prefix` cannot begin an id.
    """
    filters = {"organization_id": organization_id, "camera_id": None, "state": None}
    rows = tx.rows(_VERSIONS, filters | between(prefix) | {"limit": _SEVERAL})
    return [_line(row) for row in rows]


def history(tx: Transaction, version_id: UUID) -> list[Change]:
    """Return what became of a version, the oldest first."""
    return [Change(*row) for row in tx.rows(_CHANGES, {"id": version_id})]


def _line(row: Row) -> VersionLine:
    id_, number, state, provider, model, instructions, policy, hash_, made, *rest = row
    camera_id, camera, *organization, analyses = rest
    return VersionLine(
        id=id_,
        number=number,
        state=state,
        provider=provider,
        model=model,
        instructions=instructions,
        skip_unchanged=None if policy is None else SkipUnchanged(**policy),
        content_hash=hash_,
        created_at=made,
        camera_id=camera_id,
        camera=camera,
        organization=Organization(*organization),
        analyses=analyses,
    )
