"""Analysis profiles: what each camera's pictures are looked at for, in immutable versions."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from scout_workers.domain.profiles import ProfileVersion
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_INSERT = query("profiles_insert")
_LOCK = query("profiles_lock")
_ACTIVE = query("profile_versions_active")
_GET = query("profile_versions_get")
_RETIRE = query("profile_versions_retire")
_ACTIVATE = query("profile_versions_activate")


def active(tx: Transaction, camera_id: UUID) -> ProfileVersion | None:
    """Return the camera's active version, or None where nobody has made one yet."""
    row = tx.row(_ACTIVE, {"camera_id": camera_id})
    return None if row is None else ProfileVersion(*row)


def get(tx: Transaction, version_id: UUID) -> ProfileVersion | None:
    """Return a version, active or not, or None if there is none of that id."""
    row = tx.row(_GET, {"id": version_id})
    return None if row is None else ProfileVersion(*row)


def ensure_active(
    tx: Transaction,
    organization_id: UUID,
    camera_id: UUID,
    *,
    provider: str,
    model: str,
    instructions: str,
) -> ProfileVersion:
    """Make a version of exactly these contents the camera's active one, and return it.

    Nothing is written if it is that already. Another active version is retired: whoever only
    wants *some* version to be there asks `active` first.

    Raises:
        psycopg.errors.ForeignKeyViolation: The organization has no such camera.
    """
    content_hash = _hash(provider, model, instructions)
    now = active(tx, camera_id)
    if now is not None and now.content_hash == content_hash:
        return now
    camera = {"organization_id": organization_id, "camera_id": camera_id}
    tx.execute(_INSERT, camera)
    profile = tx.row(_LOCK, camera)
    assert profile is not None  # inserted above or before
    version = {"profile_id": profile[0], "content_hash": content_hash}
    tx.execute(_RETIRE, version)
    row = tx.row(
        _ACTIVATE,
        version
        | {
            "organization_id": organization_id,
            "provider": provider,
            "model": model,
            "instructions": instructions,
        },
    )
    assert row is not None  # inserted or updated, one or the other
    return ProfileVersion(*row)


def _hash(provider: str, model: str, instructions: str) -> str:
    # JSON keeps the parts apart: ("ab", "c") and ("a", "bc") must differ.
    contents = json.dumps([provider, model, instructions], ensure_ascii=False)
    return hashlib.sha256(contents.encode()).hexdigest()
