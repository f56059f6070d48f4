"""Insight runs: an organization's local day, looked over once for each state of its facts.

The states are those of a summary (`summaries`): pending, running, deferred, completed, failed, and
skipped where newer facts came or where there is nothing to cite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from scout_workers.domain.insight_data import data_of
from scout_workers.domain.insights import PROMPT_VERSION, InsightFacts
from scout_workers.domain.leases import LeaseLostError
from scout_workers.domain.requests import Request
from scout_workers.domain.summary_data import estimate, input_hash
from scout_workers.store import events, insight_facts, ledger, summary_due
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import date

    from scout_workers.domain.calls import ModelName
    from scout_workers.domain.failures import Failure
    from scout_workers.domain.insights import Findings
    from scout_workers.domain.windows import Subject
    from scout_workers.store.transaction import Row, Transaction

_FIND = query("insight_runs_find")
_INSERT = query("insight_runs_insert")
_TAKE = query("insight_runs_take")
_OUTDATE = query("insight_runs_outdate")
_SUPERSEDE = query("insight_runs_supersede")
_COMPLETE = query("insight_runs_complete")
_REINSTATE = query("insight_runs_reinstate")
_FAIL = query("insight_runs_fail")
_UNSETTLED = query("insight_runs_unsettled")
_GIVE_UP = query("insight_runs_give_up")
_REOPEN = query("insight_runs_reopen")

PURPOSE = "insights"
SPENT = "retries_spent"
COMPLETED = "insights.completed"
FAILED = "insights.failed"

_SETTLED = {"completed", "failed", "skipped"}


@dataclass(frozen=True, slots=True)
class InsightRun:
    """A run that was begun: what its claim works with until it finishes or fails.

    Attributes:
        facts: What it is to be found in.
        call: The one paid call there is for it; its answer, if it is there already.
    """

    id: UUID
    organization_id: UUID
    day: date
    facts: InsightFacts
    call: ledger.Call


def begin(
    tx: Transaction, subject: Subject, time_zone: str, lease_token: str, model: ModelName
) -> InsightRun | None:
    """Take a day's insights: gather the facts, find or create the row, take its lease and call.

    Args:
        tx: A transaction; the day is locked in it, so that beginners take turns.
        subject: The day of an organization, of all its cameras.
        time_zone: Of the organization.
        lease_token: Of the claim we work under (`messages.current_lease`).
        model: Who is asked, if anybody must be.

    Returns:
        The run; None: there is nothing left to do.

    Raises:
        CallInFlightError: Another message is at it: to be looked at again later.
    """
    summary_due.take(tx, subject, insights=True)
    facts = insight_facts.gather(tx, subject, time_zone)
    data = data_of(facts)
    key = {"organization_id": subject.organization_id, "day": facts.day}
    known = key | {"prompt_version": PROMPT_VERSION, "input_hash": input_hash(data)}
    row = tx.row(_FIND, known) or tx.row(
        _INSERT, known | {"facts": Jsonb(data), "empty": facts.empty}
    )
    assert row is not None  # it was found or inserted; the day's lock keeps others away
    run_id, state, current, _ = row
    tx.execute(_OUTDATE, key | {"id": run_id})
    if state in _SETTLED:
        if state == "completed" and not current:  # the facts are again what they were
            tx.execute(_SUPERSEDE, key | {"id": run_id})
            tx.execute(_REINSTATE, key | {"id": run_id})
        return None
    request = Request(
        key=_request_key(row),
        purpose=PURPOSE,
        subject_id=run_id,
        organization_id=subject.organization_id,
        camera_id=None,
        provider=model.provider,
        model=model.model,
        estimate=estimate(data),
    )
    call = ledger.begin(tx, request, lease_token)
    tx.execute(_TAKE, key | {"id": run_id, "lease_token": lease_token})
    return InsightRun(run_id, subject.organization_id, facts.day, facts, call)


def finish(tx: Transaction, run: InsightRun, findings: Findings) -> UUID:
    """Complete a run with what was found, and return the id of the event that tells of it.

    Raises:
        LeaseLostError: Somebody else began since, or finished: the transaction must not commit.
    """
    ids = [uuid4() for _ in findings.insights]
    tx.execute(_SUPERSEDE, _identity(run))
    counts = {"refused": findings.refused, "dropped": findings.dropped}
    told = _told(run.id, run.day) | {"insights": len(ids)}
    row = tx.row(
        _COMPLETE,
        _identity(run)
        | counts
        | {
            "insights": Jsonb(
                [
                    {
                        "id": str(identity),
                        "ordinal": ordinal,
                        "title": each.title,
                        "body": each.text,
                        "severity": each.severity,
                    }
                    for ordinal, (identity, each) in enumerate(
                        zip(ids, findings.insights, strict=True)
                    )
                ]
            ),
            "evidence": Jsonb(
                [
                    {
                        "insight_id": str(identity),
                        "observation_id": str(observation_id),
                        "ordinal": ordinal,
                    }
                    for identity, each in zip(ids, findings.insights, strict=True)
                    for ordinal, observation_id in enumerate(each.evidence)
                ]
            ),
            "event": COMPLETED,
            "payload": Jsonb(told),
        },
    )
    if row is None:
        raise _lost(run)
    assert isinstance(row[0], UUID)
    return row[0]


def fail(tx: Transaction, run: InsightRun, failure: Failure) -> UUID | None:
    """Write down that a run did not succeed this time, or never will; safe to repeat.

    Returns:
        The id of the event that tells of it; None where it is to be tried again.

    Raises:
        LeaseLostError: Somebody else began since: the transaction must not commit.
    """
    error = {"error_class": failure.error_class, "error_detail": failure.detail}
    state = {"state": failure.analysis_state}
    if tx.execute(_FAIL, error | state | _identity(run)) == 0:
        raise _lost(run)
    if not failure.final:
        return None
    return events.record(tx, run.organization_id, FAILED, run.id, _told(run.id, run.day) | error)


def abandon(tx: Transaction, subject: Subject, day: date, message_id: str) -> UUID | None:
    """Mark what is left of a day's run as failed: its message is dead.

    Returns:
        The id of the event that tells of it; None: there was nothing unsettled.

    Raises:
        CallInFlightError: Another message is at it: to be looked at again later.
    """
    summary_due.take(tx, subject, insights=True)
    key = {"organization_id": subject.organization_id, "day": day}
    row = tx.row(_UNSETTLED, key)
    if row is None:
        return None
    ledger.write_off(tx, _request_key(row), message_id)
    spent = {"error_class": SPENT, "error_detail": "every retry failed"}
    ended = tx.row(_GIVE_UP, key | {"id": row[0]} | spent)
    assert ended is not None  # it is not settled, and the day's lock keeps others away
    error = {"error_class": ended[0], "error_detail": ended[1]}
    return events.record(tx, subject.organization_id, FAILED, row[0], _told(row[0], day) | error)


def reopen(tx: Transaction, organization_id: UUID, day: date) -> None:
    """Have a day that failed be tried again: for an operator who mended the cause."""
    tx.execute(_REOPEN, {"organization_id": organization_id, "day": day})


def _request_key(row: Row) -> str:
    return f"insights:{row[0]}:{row[-1]}"


def _identity(run: InsightRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "organization_id": run.organization_id,
        "day": run.day,
        "lease_token": run.call.lease_token,
    }


def _lost(run: InsightRun) -> LeaseLostError:
    return LeaseLostError(f"insight run {run.id} is no longer held by this claim")


def _told(run_id: UUID, day: date) -> dict[str, Any]:
    return {"run_id": str(run_id), "day": day.isoformat()}
