"""Analyses: one capture looked at for one profile version; begun, then completed or failed once.

pending -> running -> completed
           running -> pending     a transient failure; the message comes again, counted
           running -> deferred    the other side is busy, or someone else is at it; uncounted
           running -> failed      for good; doing it again is another run
pending, running, deferred -> skipped     the image can no longer be read
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.types.json import Jsonb

from scout_workers.domain.captures import CaptureState
from scout_workers.domain.leases import LeaseLostError
from scout_workers.store import captures, events, ledger, observations, runs
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from scout_workers.domain.captures import BlobRef, Capture
    from scout_workers.domain.failures import Failure
    from scout_workers.domain.observations import Description
    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.store.transaction import Transaction

_TAKE = query("analyses_take")
_COMPLETE = query("analyses_complete")
_FAIL = query("analyses_fail")
_SETTLE = query("analyses_settle")

SPENT = "retries_spent"
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


def begin(
    tx: Transaction, capture_id: UUID, lease_token: str, analysis_id: UUID | None = None
) -> Analysis | None:
    """Take a capture's analysis: find or create it, take its lease and the right to its one call.

    Args:
        tx: A transaction; the capture is locked in it, so that beginners take turns.
        capture_id: The capture.
        lease_token: Of the claim we work under (`messages.current_lease`).
        analysis_id: The run somebody asked for; None: the capture's own.

    Returns:
        The analysis; None: there is nothing left to do, since it is settled or the image is
        known to be unreadable, missing or expired.

    Raises:
        NothingToAnalyzeError: No such capture or run, or no active profile.
        CallInFlightError: Another message is at it: to be looked at again later.
    """
    capture = runs.lock_capture(tx, capture_id)
    run = _run(tx, capture, analysis_id)
    if capture.state not in {CaptureState.RECEIVED, CaptureState.READABLE}:
        if run is not None and not run.settled:
            _settle(tx, run, "skipped", capture.state, f"the image is {capture.state}")
        return None
    if run is None:
        run = runs.create(tx, capture, lease_token)
    if run.settled:
        return None
    if run.fresh:
        call = ledger.start(tx, run.request(capture), lease_token)
    else:
        call = ledger.begin(tx, run.request(capture), lease_token)
        tx.execute(_TAKE, {"id": run.id, "lease_token": lease_token})
    return Analysis(
        id=run.id,
        capture=capture,
        profile=run.profile,
        run_no=run.run_no,
        call=call,
        references=captures.earlier(tx, capture, limit=REFERENCES),
        quiet=run.quiet,
    )


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
    _fenced(tx.execute(_FAIL, error | state | _identity(analysis)), analysis)
    if not failure.final or analysis.quiet:
        return None
    return _record(tx, FAILED, analysis.capture, analysis.id, error)


def abandon(
    tx: Transaction, capture_id: UUID, message_id: str, analysis_id: UUID | None = None
) -> UUID | None:
    """Mark a capture's analysis as failed: its message is dead, so nobody will try again.

    Args:
        tx: A transaction; the capture is locked in it.
        capture_id: The capture.
        message_id: Of the dead message; a call of another one is left alone.
        analysis_id: The run it names, if it does.

    Returns:
        The id of the event that tells of it; None: it was settled already, or nothing is to follow
        from it.

    Raises:
        NothingToAnalyzeError: No such capture or run, or no active profile.
        CallInFlightError: Another message is at it: to be looked at again later.
    """
    capture = runs.lock_capture(tx, capture_id)
    run = _run(tx, capture, analysis_id) or runs.create(tx, capture)
    if run.settled:
        return None
    ledger.write_off(tx, run.request(capture).key, message_id)
    error = _settle(tx, run, "failed", SPENT, "every retry failed before the analysis began")
    if run.quiet:
        return None
    return _record(tx, FAILED, capture, run.id, error)


def _run(tx: Transaction, capture: Capture, analysis_id: UUID | None) -> runs.Run | None:
    if analysis_id is None:
        return runs.current(tx, capture)
    return runs.named(tx, capture, analysis_id)


def _settle(
    tx: Transaction, run: runs.Run, state: str, error_class: str, detail: str
) -> dict[str, Any]:
    parameters = {"id": run.id, "state": state, "error_class": error_class}
    row = tx.row(_SETTLE, parameters | {"error_detail": detail})
    assert row is not None  # it is not settled, and the capture's lock keeps others away
    return {"error_class": row[0], "error_detail": row[1]}


def _identity(analysis: Analysis) -> dict[str, Any]:
    return {"id": analysis.id, "lease_token": analysis.call.lease_token}


def _fenced(touched: int, analysis: Analysis) -> None:
    if touched == 0:
        raise _lost(analysis)


def _lost(analysis: Analysis) -> LeaseLostError:
    return LeaseLostError(f"analysis {analysis.id} is no longer held by this claim")


def _record(
    tx: Transaction, kind: str, capture: Capture, analysis_id: UUID, outcome: dict[str, Any]
) -> UUID:
    told = _told(capture, analysis_id) | outcome
    return events.record(tx, capture.organization_id, kind, analysis_id, told)


def _told(capture: Capture, analysis_id: UUID) -> dict[str, Any]:
    return {
        "analysis_id": str(analysis_id),
        "capture_id": str(capture.id),
        "camera_id": str(capture.camera_id),
        "captured_at": capture.captured_at.isoformat(),
    }
