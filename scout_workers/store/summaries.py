"""Summaries: one window of time, written about from the facts there were; begun, then settled once.

pending -> running -> completed     and current, until other facts make another one
           running -> pending       a transient failure; the message comes again, counted
           running -> deferred      the other side is busy, or someone else is at it; uncounted
           running -> failed        for good, until an operator wants it tried again
pending, running, deferred -> skipped     there were newer facts before it was finished
a window without any picture is skipped at once, and never paid
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.types.json import Jsonb

from scout_workers.domain.leases import LeaseLostError
from scout_workers.domain.requests import Request
from scout_workers.domain.summaries import PROMPT_VERSION, SummaryFacts
from scout_workers.domain.summary_data import data_of, estimate, input_hash
from scout_workers.domain.windows import Subject, WindowKind, day_of, zone_of
from scout_workers.store import events, ledger, summary_due, summary_facts
from scout_workers.store.queries import query
from scout_workers.store.summary_due import parameters

if TYPE_CHECKING:
    from scout_workers.domain.calls import ModelName
    from scout_workers.domain.failures import Failure
    from scout_workers.domain.summaries import Summary
    from scout_workers.store.transaction import Row, Transaction

_FIND = query("summaries_find")
_INSERT = query("summaries_insert")
_TAKE = query("summaries_take")
_OUTDATE = query("summaries_outdate")
_SUPERSEDE = query("summaries_supersede")
_COMPLETE = query("summaries_complete")
_REINSTATE = query("summaries_reinstate")
_FAIL = query("summaries_fail")
_UNSETTLED = query("summaries_unsettled")
_GIVE_UP = query("summaries_give_up")
_REOPEN = query("summaries_reopen")
_CAMERAS = query("organizations_cameras")

PURPOSE = "summarize"
SPENT = "retries_spent"
COMPLETED = "summary.completed"
FAILED = "summary.failed"

_SETTLED = {"completed", "failed", "skipped"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A summary that was begun: what its claim works with until it finishes or fails.

    Attributes:
        facts: What it is to be written from.
        call: The one paid call there is for it; its answer, if it is there already.
    """

    id: UUID
    subject: Subject
    facts: SummaryFacts
    call: ledger.Call


def begin(tx: Transaction, subject: Subject, lease_token: str, model: ModelName) -> Draft | None:
    """Take a window's summary: gather its facts, find or create the row, take its lease and call.

    Args:
        tx: A transaction; the window is locked in it, so that beginners take turns.
        subject: Whose window.
        lease_token: Of the claim we work under (`messages.current_lease`).
        model: Who is asked, if anybody must be.

    Returns:
        The draft; None: there is nothing left to do. Exactly these facts were written about, or
        failed to be, or there are none.

    Raises:
        NothingToSummarizeError: No such organization or camera.
        CallInFlightError: Another message is at it: to be looked at again later.
    """
    summary_due.take(tx, subject)
    facts = summary_facts.gather(tx, subject)
    data = data_of(facts)
    key = parameters(subject) | {"prompt_version": PROMPT_VERSION, "input_hash": input_hash(data)}
    row = tx.row(_FIND, key) or tx.row(_INSERT, key | {"facts": Jsonb(data), "empty": facts.empty})
    assert row is not None  # it was found or inserted; the window's lock keeps others away
    summary_id, state, current, _ = row
    tx.execute(_OUTDATE, parameters(subject) | {"id": summary_id})
    if state in _SETTLED:
        if state == "completed" and not current:
            _reinstate(tx, subject, summary_id, facts.time_zone)
        return None
    request = Request(
        key=_request_key(row),
        purpose=PURPOSE,
        subject_id=summary_id,
        organization_id=subject.organization_id,
        camera_id=subject.camera_id,
        provider=model.provider,
        model=model.model,
        estimate=estimate(data),
    )
    call = ledger.begin(tx, request, lease_token)
    tx.execute(_TAKE, parameters(subject) | {"id": summary_id, "lease_token": lease_token})
    return Draft(summary_id, subject, facts, call)


def finish(tx: Transaction, draft: Draft, summary: Summary) -> UUID:
    """Complete a summary with what was written, and return the id of the event that tells of it.

    It is current from here on; what it is a part of is due.

    Raises:
        LeaseLostError: Somebody else began since, or finished: the transaction must not commit.
    """
    tx.execute(_SUPERSEDE, parameters(draft.subject) | {"id": draft.id})
    outcome = {"headline": summary.headline, "severity": summary.severity}
    row = tx.row(
        _COMPLETE,
        outcome
        | _identity(draft)
        | {
            "body": summary.text,
            "event": COMPLETED,
            "payload": Jsonb(_told(draft.id, draft.subject) | outcome),
        },
    )
    if row is None:
        raise _lost(draft)
    _mark_whole(tx, draft.subject, draft.facts.time_zone)
    assert isinstance(row[0], UUID)
    return row[0]


def fail(tx: Transaction, draft: Draft, failure: Failure) -> UUID | None:
    """Write down that a summary did not succeed this time, or never will.

    Safe to repeat after a commit whose reply was lost.

    Returns:
        The id of the event that tells of it; None where it is to be tried again.

    Raises:
        LeaseLostError: Somebody else began since: the transaction must not commit.
    """
    error = {"error_class": failure.error_class, "error_detail": failure.detail}
    state = {"state": failure.analysis_state}
    if tx.execute(_FAIL, error | state | _identity(draft)) == 0:
        raise _lost(draft)
    return _record_failure(tx, draft.id, draft.subject, error) if failure.final else None


def abandon(tx: Transaction, subject: Subject, message_id: str) -> UUID | None:
    """Mark what is left of a window's summary as failed: its message is dead.

    Args:
        tx: A transaction; the window is locked in it.
        subject: Whose window.
        message_id: Of the dead message; a call of another one is left alone.

    Returns:
        The id of the event that tells of it; None: there was nothing unsettled.

    Raises:
        CallInFlightError: Another message is at it: to be looked at again later.
    """
    summary_due.take(tx, subject)
    row = tx.row(_UNSETTLED, parameters(subject))
    if row is None:
        return None
    ledger.write_off(tx, _request_key(row), message_id)
    spent = {"error_class": SPENT, "error_detail": "every retry failed"}
    ended = tx.row(_GIVE_UP, parameters(subject) | {"id": row[0]} | spent)
    assert ended is not None  # it is not settled, and the window's lock keeps others away
    error = {"error_class": ended[0], "error_detail": ended[1]}
    return _record_failure(tx, row[0], subject, error)


def reopen(tx: Transaction, subject: Subject) -> None:
    """Have a window that failed be tried again: for an operator who mended the cause."""
    tx.execute(_REOPEN, parameters(subject))


def _reinstate(tx: Transaction, subject: Subject, summary_id: UUID, time_zone: str) -> None:
    """Have a summary count again: the facts are again what they were."""
    tx.execute(_SUPERSEDE, parameters(subject) | {"id": summary_id})
    tx.execute(_REINSTATE, {"id": summary_id, "organization_id": subject.organization_id})
    _mark_whole(tx, subject, time_zone)


def _mark_whole(tx: Transaction, subject: Subject, time_zone: str) -> None:
    """Have what a summary is a part of be due: a day; its insights, and the day of all cameras."""
    if subject.window.kind is WindowKind.HOUR:
        day = day_of(subject.window.start, zone_of(time_zone))
        summary_due.mark(tx, Subject(subject.organization_id, subject.camera_id, day))
    elif subject.camera_id is not None:
        whole = Subject(subject.organization_id, None, subject.window)
        summary_due.mark(tx, whole, insights=True)
        row = tx.row(_CAMERAS, {"organization_id": subject.organization_id})
        if row is not None and row[0] > 1:
            summary_due.mark(tx, whole)


def _request_key(row: Row) -> str:
    return f"summarize:{row[0]}:{row[-1]}"


def _identity(draft: Draft) -> dict[str, Any]:
    return parameters(draft.subject) | {"id": draft.id, "lease_token": draft.call.lease_token}


def _lost(draft: Draft) -> LeaseLostError:
    return LeaseLostError(f"summary {draft.id} is no longer held by this claim")


def _record_failure(
    tx: Transaction, summary_id: UUID, subject: Subject, error: dict[str, Any]
) -> UUID:
    told = _told(summary_id, subject) | error
    return events.record(tx, subject.organization_id, FAILED, summary_id, told)


def _told(summary_id: UUID, subject: Subject) -> dict[str, Any]:
    return {
        "summary_id": str(summary_id),
        "camera_id": None if subject.camera_id is None else str(subject.camera_id),
        "kind": subject.window.kind,
        "window_start": subject.window.start.isoformat(),
        "window_end": subject.window.end.isoformat(),
    }
