"""One camera, first picture to last: how far the work is, what was seen, what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.captures import BlobRef
from scout_workers.domain.observations import Observation, Region, Severity
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from scout_workers.store.transaction import Row, Transaction

_STATES = query("report_camera_states")
_CALLS = query("report_camera_calls")
_CAPTURES = query("report_camera_captures")
_DAYS = query("report_camera_days")


@dataclass(frozen=True, slots=True)
class Calls:
    """Model calls for one purpose and of one status, and what they cost together."""

    purpose: str
    status: str
    count: int
    cost_microdollars: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One capture, its latest analysis, and everything that observed.

    Attributes:
        analysis_state: None where no worker has begun on it; what belongs to an analysis is then
            None or empty too.
    """

    id: UUID
    source: str
    captured_at: datetime
    blob: BlobRef
    state: str
    state_reason: str | None
    analysis_state: str | None
    error_class: str | None
    error_detail: str | None
    headline: str | None
    severity: Severity | None
    flags: tuple[str, ...]
    observations: tuple[Observation, ...]


def states(tx: Transaction, camera_id: UUID) -> dict[str, int]:
    """Count a camera's captures by the state of their analysis.

    Captures that no worker has begun on are "waiting", those whose image can never be sent to a
    model are "refused".
    """
    return dict(tx.rows(_STATES, {"camera_id": camera_id}))


def calls(tx: Transaction, organization_id: UUID, camera_id: UUID) -> list[Calls]:
    """Sum up a camera's model calls, and those of no camera, by purpose and status."""
    parameters = {"organization_id": organization_id, "camera_id": camera_id}
    return [Calls(*row) for row in tx.rows(_CALLS, parameters)]


def days(
    tx: Transaction, organization_id: UUID, camera_id: UUID, time_zone: str, *, limit: int
) -> list[date]:
    """List the newest local days on which something of a camera was described, newest first."""
    parameters = {"organization_id": organization_id, "camera_id": camera_id}
    rows = tx.rows(_DAYS, parameters | {"time_zone": time_zone, "limit": limit})
    return [day for (day,) in rows]


def captures(tx: Transaction, camera_id: UUID, *, limit: int) -> list[Seen]:
    """List a camera's newest captures, the oldest of them first."""
    return [_seen(row) for row in tx.rows(_CAPTURES, {"camera_id": camera_id, "limit": limit})]


def _seen(row: Row) -> Seen:
    id_, source, captured_at, bucket, key, state, reason, *analysis = row
    analysis_state, error_class, error_detail, headline, severity, flags, observations = analysis
    return Seen(
        id=id_,
        source=source,
        captured_at=captured_at,
        blob=BlobRef(bucket, key),
        state=state,
        state_reason=reason,
        analysis_state=analysis_state,
        error_class=error_class,
        error_detail=error_detail,
        headline=headline,
        severity=None if severity is None else Severity(severity),
        flags=tuple(flags or ()),
        observations=tuple(
            Observation(
                kind=kind,
                text=body,
                severity=Severity(own_severity),
                confidence=confidence,
                region=None if region is None else Region(*region),
                flags=tuple(own_flags),
            )
            for kind, body, own_severity, confidence, region, own_flags in observations
        ),
    )
