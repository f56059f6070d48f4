"""Analysis profiles: what each camera's pictures are looked at for, in immutable versions.

A version is made as a draft, and made active or retired by somebody, for a reason; a trigger keeps
the history of that, and another one refuses every change of a version's contents.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.profiles import (
    ProfileVersion,
    SkipUnchanged,
    VersionState,
    content_hash,
)
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_INSERT = query("profiles_insert")
_LOCK = query("profiles_lock")
_ACTIVE = query("profile_versions_active")
_GET = query("profile_versions_get")
_FIND = query("profile_versions_find")
_ADD = query("profile_versions_add")
_LOCK_VERSION = query("profile_versions_lock")
_SET_STATE = query("profile_versions_set_state")
_RETIRE = query("profile_versions_retire")
_HAND = query("profile_changes_hand")


class NoSuchVersionError(ScoutError):
    """There is no profile version of that id: for whoever named it to mend."""

    def __init__(self, version_id: UUID) -> None:
        super().__init__(ErrorClass.BAD_REQUEST, f"there is no profile version {version_id}")


class StillADraftError(ScoutError):
    """A draft is not retired: it has never been anything else."""

    def __init__(self, version_id: UUID) -> None:
        super().__init__(
            ErrorClass.BAD_REQUEST,
            f"profile version {version_id} is a draft, which nothing uses: only what was active is "
            "retired",
        )


@dataclass(frozen=True, slots=True)
class Contents:
    """What a version is made of; see `ProfileVersion`."""

    provider: str
    model: str
    instructions: str
    skip_unchanged: SkipUnchanged | None = None

    @property
    def hash(self) -> str:
        """The sha256 over all of it."""
        return content_hash(self.provider, self.model, self.instructions, self.skip_unchanged)


def active(tx: Transaction, camera_id: UUID) -> ProfileVersion | None:
    """Return the camera's active version, or None where nobody has made one yet."""
    row = tx.row(_ACTIVE, {"camera_id": camera_id})
    return None if row is None else version_of(row)


def get(tx: Transaction, version_id: UUID) -> ProfileVersion | None:
    """Return a version, active or not, or None if there is none of that id."""
    row = tx.row(_GET, {"id": version_id})
    return None if row is None else version_of(row)


def draft(
    tx: Transaction,
    organization_id: UUID,
    camera_id: UUID,
    contents: Contents,
    *,
    by: str,
    reason: str = "",
) -> ProfileVersion:
    """Return the camera's version of these contents, made as a draft if it is new.

    A version that is there already stays in its state, whatever that is.

    Args:
        tx: The transaction.
        organization_id: Whose camera it is.
        camera_id: The camera.
        contents: Of the version.
        by: Whose hand it is, for the history.
        reason: Why, in words.

    Raises:
        psycopg.errors.ForeignKeyViolation: The organization has no such camera.
    """
    camera = {"organization_id": organization_id, "camera_id": camera_id}
    tx.execute(_INSERT, camera)
    profile = tx.row(_LOCK, camera)
    assert profile is not None  # inserted above or before
    _hand(tx, by, reason)
    policy = contents.skip_unchanged
    version: dict[str, Any] = {
        "organization_id": organization_id,
        "profile_id": profile[0],
        "provider": contents.provider,
        "model": contents.model,
        "instructions": contents.instructions,
        "skip_unchanged": None if policy is None else Jsonb(asdict(policy)),
        "content_hash": contents.hash,
    }
    row = tx.row(_ADD, version) or tx.row(_FIND, version)
    assert row is not None  # inserted above or before
    return version_of(row)


def activate(tx: Transaction, version_id: UUID, *, by: str, reason: str = "") -> bool:
    """Make a version its camera's active one; the one that was active is retired.

    Returns:
        Whether anything changed: False where it was active already.

    Raises:
        NoSuchVersionError: There is none of that id.
    """
    state, profile_id = _locked(tx, version_id)
    if state is VersionState.ACTIVE:
        return False
    _hand(tx, by, reason)
    tx.execute(_RETIRE, {"profile_id": profile_id, "id": version_id})
    tx.execute(_SET_STATE, {"id": version_id, "state": VersionState.ACTIVE})
    return True


def retire(tx: Transaction, version_id: UUID, *, by: str, reason: str = "") -> bool:
    """Retire a version. Was it the active one, new captures of its camera wait for another.

    Returns:
        Whether anything changed: False where it was retired already.

    Raises:
        NoSuchVersionError: There is none of that id.
        StillADraftError: It was never active.
    """
    state, _ = _locked(tx, version_id)
    if state is VersionState.DRAFT:
        raise StillADraftError(version_id)
    if state is VersionState.RETIRED:
        return False
    _hand(tx, by, reason)
    tx.execute(_SET_STATE, {"id": version_id, "state": VersionState.RETIRED})
    return True


def ensure_active(
    tx: Transaction,
    organization_id: UUID,
    camera_id: UUID,
    *,
    provider: str,
    model: str,
    instructions: str,
    skip_unchanged: SkipUnchanged | None = None,
    by: str = "import",
) -> ProfileVersion:
    """Make a version of exactly these contents the camera's active one, and return it.

    Nothing is written if it is that already. Another active version is retired: whoever only
    wants *some* version to be there asks `active` first.

    Raises:
        psycopg.errors.ForeignKeyViolation: The organization has no such camera.
    """
    contents = Contents(provider, model, instructions, skip_unchanged)
    now = active(tx, camera_id)
    if now is not None and now.content_hash == contents.hash:
        return now
    version = draft(tx, organization_id, camera_id, contents, by=by)
    activate(tx, version.id, by=by)
    return version


def version_of(row: Sequence[Any]) -> ProfileVersion:
    """Return the version that a row of its seven columns is, in the order of `ProfileVersion`."""
    id_, profile_id, provider, model, instructions, hash_, policy = row
    skip_unchanged = None if policy is None else SkipUnchanged(**policy)
    return ProfileVersion(id_, profile_id, provider, model, instructions, hash_, skip_unchanged)


def _locked(tx: Transaction, version_id: UUID) -> tuple[VersionState, UUID]:
    row = tx.row(_LOCK_VERSION, {"id": version_id})
    if row is None:
        raise NoSuchVersionError(version_id)
    return VersionState(row[0]), row[1]


def _hand(tx: Transaction, by: str, reason: str) -> None:
    tx.execute(_HAND, {"changed_by": by, "reason": reason})
