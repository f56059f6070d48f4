"""Everything that is known of one capture: where it lies, its analyses, what they said and cost."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from scout_workers.store.transaction import Row, Transaction

_CAPTURE = query("report_capture")
_ANALYSES = query("report_analyses_of_capture")
_OBSERVATIONS = query("report_observations")
_CALLS = query("report_calls")


@dataclass(frozen=True, slots=True)
class ObservationLine:
    """One observation, in the order it was said."""

    ordinal: int
    kind: str
    body: str
    severity: str
    confidence: float
    region: list[float] | None
    flags: list[str]


@dataclass(frozen=True, slots=True)
class CallLine:
    """One row of the ledger: a call to a model, paid or not.

    Attributes:
        received_at: When its answer came; on one in doubt, that answer came too late to be used.
        latency_ms: From the request to the answer.
        cost_microdollars: Millionths of a dollar; None where no price is known.
    """

    id: UUID
    purpose: str
    provider: str
    model: str
    served_model: str | None
    status: str
    started_at: datetime
    received_at: datetime | None
    settled_at: datetime | None
    latency_ms: int | None
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    cost_microdollars: int | None
    price_source: str | None
    error_class: str | None
    error_detail: str | None


@dataclass(frozen=True, slots=True)
class AnalysisDetail:
    """One analysis with what it observed and what it cost.

    Attributes:
        origin: "capture", "rerun" or "eval": why it is there.
        asked_by: Who asked for it; None: nobody had to.
        resembles_capture_id: The analysed capture that a skipped one shows no news against.
    """

    id: UUID
    run_no: int
    profile_version_id: UUID
    provider: str
    model: str
    instructions: str
    state: str
    attempts: int
    headline: str | None
    severity: str | None
    flags: list[str]
    error_class: str | None
    error_detail: str | None
    created_at: datetime
    started_at: datetime | None
    settled_at: datetime | None
    origin: str
    asked_by: str | None
    resembles_capture_id: UUID | None
    observations: list[ObservationLine] = field(default_factory=list)
    calls: list[CallLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CaptureDetail:
    """One capture with its analyses, the oldest first."""

    id: UUID
    organization: str
    time_zone: str
    camera: str
    captured_at: datetime
    received_at: datetime
    state: str
    state_reason: str | None
    source: str
    bucket: str
    key: str
    size_bytes: int
    sha256: str
    analyses: list[AnalysisDetail] = field(default_factory=list)


def capture(tx: Transaction, capture_id: UUID) -> CaptureDetail | None:
    """Gather everything about a capture, or None where there is no such capture."""
    row = tx.row(_CAPTURE, {"id": capture_id})
    if row is None:
        return None
    analyses = [_analysis(tx, each) for each in tx.rows(_ANALYSES, {"capture_id": capture_id})]
    return replace(CaptureDetail(*row), analyses=analyses)


def calls_of(tx: Transaction, subject_id: UUID) -> list[CallLine]:
    """List the calls made for an analysis, a summary or another subject, in their order."""
    return [CallLine(*each) for each in tx.rows(_CALLS, {"subject_id": subject_id})]


def _analysis(tx: Transaction, row: Row) -> AnalysisDetail:
    identity = {"analysis_id": row[0]}
    observations = [ObservationLine(*each) for each in tx.rows(_OBSERVATIONS, identity)]
    return replace(AnalysisDetail(*row), observations=observations, calls=calls_of(tx, row[0]))
