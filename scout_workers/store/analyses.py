"""Analyses: one capture looked at for one profile version; begun, then completed or failed once.

pending -> running -> completed
           running -> pending     a transient failure; the message comes again, counted
           running -> deferred    the other side is busy, or someone else is at it; uncounted
           running -> failed      for good; doing it again is another run
pending, running, deferred -> skipped     the image can no longer be read, or shows no news
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload
from uuid import UUID

from psycopg.types.json import Jsonb

from scout_workers.domain.calls import Lane
from scout_workers.domain.captures import CaptureState
from scout_workers.domain.failures import DETAIL_CAP
from scout_workers.domain.leases import LeaseLostError
from scout_workers.domain.windows import Subject, hour_of
from scout_workers.store import (
    captures,
    events,
    ledger,
    observations,
    runs,
    summary_due,
    unchanged,
)
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from scout_workers.domain.captures import BlobRef, Capture
    from scout_workers.domain.errors import ScoutError
    from scout_workers.domain.failures import Failure
    from scout_workers.domain.observations import Description
    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.store.transaction import Transaction
    from scout_workers.store.unchanged import Look

_TAKE = query("analyses_take")
_COMPLETE = query("analyses_complete")
_FAIL = query("analyses_fail")

COMPLETED = "analysis.completed"
FAILED = "analysis.failed"

REFERENCES = 6
"""How many earlier images of the camera are named to the provider; some may not be readable."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """An analysis that was begun: what its claim works with until it finishes or fails.

    Attributes:
        profile: What to look for; the version it was begun with first.
        run_no: 1, or more for one that is done again.
        call: The one paid call there is for it; its answer, if it is there already.
        references: Where the camera's earlier images lie, newest first.
        quiet: Whether nothing follows from it: it only serves a comparison of versions.
    """

    id: UUID
    capture: Capture
    profile: ProfileVersion
    run_no: int
    call: ledger.Call
    references: tuple[BlobRef, ...]
    quiet: bool = False


@overload
def begin(
    tx: Transaction,
    capture_id: UUID,
    lease_token: str,
    analysis_id: UUID | None = ...,
    *,
    lane: Lane = ...,
) -> Analysis | None: ...
@overload
def begin(
    tx: Transaction,
    capture_id: UUID,
    lease_token: str,
    analysis_id: UUID | None = ...,
    *,
    lane: Lane = ...,
    look: Literal[True],
) -> Analysis | Look | None: ...
def begin(
    tx: Transaction,
    capture_id: UUID,
    lease_token: str,
    analysis_id: UUID | None = None,
    *,
    lane: Lane = Lane.LIVE,
    look: bool = False,
) -> Analysis | Look | None:
    """Take a capture's analysis: find or create it, take its lease and the right to its one call.

    Args:
        tx: A transaction; the capture is locked in it, so that beginners take turns.
        capture_id: The capture.
        lease_token: Of the claim we work under (`messages.current_lease`).
        analysis_id: The run somebody asked for; None: the capture's own.
        lane: Whether it is live work or history.
        look: Whether to look at the image first, where the profile says that pictures without news
            are not paid for.

    Returns:
        The analysis; or, with `look`, what to look at first; None: there is nothing left to do,
        since it is settled or the image is known to be unreadable, missing or expired. Where its
        call has a refusal the analysis is written down as deferred, with the reason.

    Raises:
        NothingToAnalyzeError: No such capture or run, or no active profile.
        CallInFlightError: Another message is at it: to be looked at again later.
    """
    capture = runs.lock_capture(tx, capture_id)
    run = runs.wanted(tx, capture, analysis_id)
    if capture.state not in {CaptureState.RECEIVED, CaptureState.READABLE}:
        if run is not None and not run.settled:
            runs.settle(tx, run, "skipped", capture.state, f"the image is {capture.state}")
        return None
    if run is None:
        run = runs.create(tx, capture, lease_token)
    if run.settled:
        return None
    if not run.fresh:
        tx.execute(_TAKE, {"id": run.id, "lease_token": lease_token})
    if look and (found := unchanged.look(tx, run, capture, lease_token)) is not None:
        return found
    references = captures.earlier(tx, capture, limit=REFERENCES)
    # Last, since it may lock what all begins share: a gate, a budget.
    ask = ledger.start if run.fresh else ledger.begin
    analysis = Analysis(
        id=run.id,
        capture=capture,
        profile=run.profile,
        run_no=run.run_no,
        call=ask(tx, run.request(capture, lane), lease_token),
        references=references,
        quiet=run.quiet,
    )
    if analysis.call.refusal is not None:
        _defer(tx, analysis, analysis.call.refusal)
    return analysis


def finish(tx: Transaction, analysis: Analysis, description: Description) -> UUID | None:
    """Complete an analysis with what was seen.

    Returns:
        The id of the event that tells of it; None where nothing is to follow from it.

    Raises:
        LeaseLostError: Somebody else began since, or finished: the transaction must not commit.
    """
    outcome = {
        "headline": description.headline,
        "severity": description.severity,
        "flags": list(description.flags),
    }
    row = tx.row(
        _COMPLETE,
        outcome
        | _identity(analysis)
        | {
            "capture_id": analysis.capture.id,
            "observations": observations.records(description.observations),
            "kind": COMPLETED,
            "payload": Jsonb(_told(analysis.capture, analysis.id) | outcome),
        },
    )
    if row is None:
        raise _lost(analysis)
    if not analysis.quiet:
        _mark_hour(tx, analysis.capture)
    assert row[0] is None or isinstance(row[0], UUID)
    return row[0]


def fail(tx: Transaction, analysis: Analysis, failure: Failure) -> UUID | None:
    """Write down that an analysis did not succeed this time, or never will.

    Its call is settled by whoever made it (`asking`), in the same transaction. Safe to repeat after
    a commit whose reply was lost.

    Returns:
        The id of the event that tells of it; None where it is to be tried again, or nothing is to
        follow from it.

    Raises:
        LeaseLostError: Somebody else began since: the transaction must not commit.
    """
    if failure.capture_state is not None:
        captures.set_state(tx, analysis.capture.id, failure.capture_state, failure.detail)
    error = {"error_class": failure.error_class, "error_detail": failure.detail}
    state = {"state": failure.analysis_state}
    if not tx.execute(_FAIL, error | state | _identity(analysis)):
        raise _lost(analysis)
    if not failure.final or analysis.quiet:
        return None
    _mark_hour(tx, analysis.capture)
    return record(tx, FAILED, analysis.capture, analysis.id, error)


def _defer(tx: Transaction, analysis: Analysis, refusal: ScoutError) -> None:
    reason = {"error_class": refusal.error_class, "error_detail": refusal.detail[:DETAIL_CAP]}
    tx.execute(_FAIL, reason | {"state": "deferred"} | _identity(analysis))


def _mark_hour(tx: Transaction, capture: Capture) -> None:
    """Have the capture's hour be due for its summary: there is news in it."""
    hour = hour_of(capture.captured_at)
    summary_due.mark(tx, Subject(capture.organization_id, capture.camera_id, hour))


def _identity(analysis: Analysis) -> dict[str, Any]:
    return {"id": analysis.id, "lease_token": analysis.call.lease_token}


def _lost(analysis: Analysis) -> LeaseLostError:
    return LeaseLostError(f"analysis {analysis.id} is no longer held by this claim")


def record(
    tx: Transaction, kind: str, capture: Capture, analysis_id: UUID, outcome: dict[str, Any]
) -> UUID:
    """Write down the event of an analysis that has settled, and return its id."""
    told = _told(capture, analysis_id) | outcome
    return events.record(tx, capture.organization_id, kind, analysis_id, told)


def _told(capture: Capture, analysis_id: UUID) -> dict[str, Any]:
    return {
        "analysis_id": str(analysis_id),
        "capture_id": str(capture.id),
        "camera_id": str(capture.camera_id),
        "captured_at": capture.captured_at.isoformat(),
    }
