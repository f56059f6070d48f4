"""Captures: the images cameras delivered, and what we know of each."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from scout_workers.domain.captures import BlobRef, Capture, CaptureState
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import datetime

    from scout_workers.store.transaction import Row, Transaction

_INSERT = query("captures_insert")
_GET = query("captures_get")
_LOCK = query("captures_lock")
_SET_STATE = query("captures_set_state")
_EARLIER = query("captures_earlier")


@dataclass(frozen=True, slots=True)
class NewCapture:
    """A capture about to be remembered; its blob is stored already.

    Attributes:
        captured_at: When the camera took it, with a time zone.
        size_bytes: Of the blob.
        sha256: Of the blob, in lower-case hexadecimal.
        source: Where it came from, in words for people.
    """

    organization_id: UUID
    camera_id: UUID
    bucket: str
    key: str
    captured_at: datetime
    size_bytes: int
    sha256: str
    source: str = ""


def insert(tx: Transaction, capture: NewCapture) -> UUID | None:
    """Remember a capture and return its id, or None if that bucket and key are there already.

    Raises:
        psycopg.errors.ForeignKeyViolation: The organization has no such camera.
        psycopg.errors.CheckViolation: A size below 0, a malformed hash, an empty bucket or key.
    """
    row = tx.row(_INSERT, asdict(capture))
    if row is None:
        return None
    assert isinstance(row[0], UUID)
    return row[0]


def get(tx: Transaction, capture_id: UUID) -> Capture | None:
    """Return a capture, or None if there is none of that id."""
    return _capture(tx.row(_GET, {"id": capture_id}))


def lock(tx: Transaction, capture_id: UUID) -> Capture | None:
    """Return a capture, locked until the transaction ends; None if there is none of that id."""
    return _capture(tx.row(_LOCK, {"id": capture_id}))


def set_state(
    tx: Transaction, capture_id: UUID, state: CaptureState, reason: str | None = None
) -> None:
    """Write down what is known of a capture's image.

    Args:
        tx: The transaction.
        capture_id: The capture; nothing happens if there is none.
        state: What is known.
        reason: Why, in words; required for unreadable and missing.

    Raises:
        psycopg.errors.CheckViolation: A reason is required and missing.
    """
    tx.execute(_SET_STATE, {"id": capture_id, "state": state, "reason": reason})


def earlier(tx: Transaction, capture: Capture, *, limit: int) -> tuple[BlobRef, ...]:
    """Return where the same camera's earlier images lie, newest first, at most `limit`.

    Images that were never read are among them: whoever reads them may find that they cannot be.
    """
    rows = tx.rows(
        _EARLIER,
        {
            "id": capture.id,
            "camera_id": capture.camera_id,
            "captured_at": capture.captured_at,
            "limit": limit,
        },
    )
    return tuple(BlobRef(*row) for row in rows)


def _capture(row: Row | None) -> Capture | None:
    if row is None:
        return None
    id_, organization_id, camera_id, bucket, key, captured_at, state = row
    return Capture(
        id=id_,
        organization_id=organization_id,
        camera_id=camera_id,
        blob=BlobRef(bucket, key),
        captured_at=captured_at,
        state=CaptureState(state),
    )
