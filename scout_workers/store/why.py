"""What decides when one capture is analysed: read only, for whoever wonders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_CAPTURE = query("why_capture")


@dataclass(frozen=True, slots=True)
class CaptureStanding:
    """How a capture stands.

    Attributes:
        state: Of its picture; `state_reason` says why it is unreadable or missing.
        received_seconds: Since it was received.
        provider: Who would be asked, and which `model`; None: its camera has no active profile.
        analysis_state: Of its latest analysis; None: nobody has begun.
        error_class: Its last failure, or why it is deferred, and the same in words.
        lease_token: Of whoever began last.
        resembles: Which capture a skipped one shows no news against.
        item_state: "waiting" or "in_flight" in a backfill; None: no backfill has it on its list.
    """

    id: UUID
    organization_id: UUID
    organization: str
    camera: str
    state: str
    state_reason: str | None
    received_seconds: float
    provider: str | None
    model: str | None
    analysis_state: str | None
    error_class: str | None
    error_detail: str | None
    attempts: int | None
    lease_token: str | None
    settled_at: datetime | None
    resembles: UUID | None
    item_state: str | None
    backfill_id: UUID | None
    backfill_state: str | None
    backfill_reason: str | None


def capture(tx: Transaction, capture_id: UUID) -> CaptureStanding | None:
    """Tell how a capture stands, or None where there is no such capture."""
    row = tx.row(_CAPTURE, {"id": capture_id})
    return None if row is None else CaptureStanding(*row)
