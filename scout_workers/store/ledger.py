"""The ledger of calls to models: who may make one, what it cost, and what came back.

A call is `started` before anything is sent, and there is at most one that is started or succeeded
for a request: the partial unique index sees to it. So a request is paid a second time only after
its first call was written off as `in_doubt`, which the ledger then shows by name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scout_workers import deadline
from scout_workers.domain import leases
from scout_workers.domain.calls import CallStatus
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.failures import DETAIL_CAP
from scout_workers.domain.requests import NO_CALL, Call, Request, again
from scout_workers.store import admission
from scout_workers.store.queries import query
from scout_workers.store.settlement import heed, receipt, settle, storable

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.domain.calls import ModelName
    from scout_workers.store.transaction import Transaction

__all__ = [
    "Call",
    "CallInFlightError",
    "Request",
    "begin",
    "fall_back",
    "heed",
    "receipt",
    "settle",
    "start",
    "storable",
    "unreceived",
    "write_off",
]

_FIND = query("ledger_find")
_ASKED = query("ledger_asked")
_START = query("ledger_start")
_DOUBTED = query("ledger_doubted")
_UNRECEIVED = query("ledger_unreceived")

#: The budget of an attempt that runs under no deadline, and what may pass after a spent one until
#: the worker's thread is certainly gone (hard limit, then the process's exit).
ATTEMPT_SECONDS = 140.0
GRACE_SECONDS = 40.0

LOOK_AGAIN_SECONDS = 10.0

#: How far back a call in doubt is looked for in the spool by whoever has no other reason to.
SPOOL_DAYS = 1


class CallInFlightError(ScoutError):
    """Another message's call for the same request is under way: to be looked at again later."""

    def __init__(self, request_key: str, *, retry_after: float) -> None:
        super().__init__(
            ErrorClass.IN_FLIGHT,
            f"a call for {request_key} is under way elsewhere",
            retry_after=retry_after,
        )


def asked(tx: Transaction, key: str) -> bool:
    """Whether a call for the request of that key is open or was answered."""
    row = tx.row(_ASKED, {"request_key": key})
    return row is not None and bool(row[0])


def begin(tx: Transaction, request: Request, lease_token: str) -> Call:
    """Return the request's stored answer, or the right to make the one call for it.

    An open call of somebody else stands in the way until it is provably nobody's. It is settled
    as `in_doubt`, and another one may be made, in these cases only:

    - It expired, by the database's clock. No worker that keeps its limits waits for it any more.
    - Our own claim supersedes its claim (`leases.supersedes`): the broker gave us the same row of
      its table, with a higher attempt. Either that earlier run is over (it raised, and left the
      call open because it could not tell how it ended), or its process was found dead, or silent
      for longer than its lease. A process that was only stopped (SIGSTOP, a frozen machine) may
      wake and still have its answer: the receipt is then refused as the answer of this request,
      and kept on the in_doubt row as a late receipt. To wait for its expiry instead would save
      that one payment and cost every capture of a crashed worker minutes.
    - It bears our own token: begun earlier under this very claim, whose thread is here and not
      waiting for an answer.

    A call of another message says nothing of its worker: it is left alone until it expires, and
    nothing is paid meanwhile.

    Args:
        tx: The transaction; the caller holds a lock that makes beginners of one request take
            turns. (Without it the unique index still refuses the second call.)
        request: The question.
        lease_token: Of the claim we work under.

    Returns:
        The call. With a `refusal` none may be made now: commit (the refusal has its place in a
        line), and raise it afterwards.

    Raises:
        CallInFlightError: Somebody else's call is open; `retry_after` says when to look again.
    """
    row = tx.row(_FIND, {"request_key": request.key})
    if row is not None:
        call_id, status, holder, raw_answer, expired, seconds_left = row
        if status == CallStatus.SUCCEEDED:
            return Call(call_id, lease_token, request, answer=raw_answer)
        if expired:
            why = "no receipt came before it expired"
        elif holder == lease_token or leases.supersedes(lease_token, holder):
            why = "its message was given out again before a receipt came"
        else:
            raise CallInFlightError(request.key, retry_after=_look_again(seconds_left))
        settle(tx, call_id, CallStatus.IN_DOUBT, detail=why)
    call = start(tx, request, lease_token)
    doubted = tx.rows(_DOUBTED, {"request_key": request.key})
    return replace(call, doubted=tuple((call_id, token) for call_id, token in doubted))


def write_off(tx: Transaction, request_key: str, message_id: str) -> None:
    """Settle a request's open calls as `in_doubt`: its message is dead and nobody waits for them.

    Raises:
        CallInFlightError: An open call may be of another message, which is alive.
    """
    for key in (request_key, again(request_key)):
        row = tx.row(_FIND, {"request_key": key})
        if row is None or row[1] == CallStatus.SUCCEEDED:
            continue
        call_id, _, holder, _, expired, seconds_left = row
        if not expired and not leases.belongs_to(holder, message_id):
            raise CallInFlightError(key, retry_after=_look_again(seconds_left))
        settle(tx, call_id, CallStatus.IN_DOUBT, detail="its message is dead")


def unreceived(tx: Transaction, after: UUID, *, limit: int) -> list[tuple[UUID, str]]:
    """List calls whose receipt may lie in the spool: nobody can still be at work on them.

    Args:
        tx: The transaction.
        after: The last id of the page before.
        limit: Of the page.

    Returns:
        Their ids and tokens, by id.
    """
    found = tx.rows(_UNRECEIVED, {"after": after, "days": SPOOL_DAYS, "limit": limit})
    return [(call_id, lease_token) for call_id, lease_token in found]


def start(
    tx: Transaction,
    request: Request,
    lease_token: str,
    fallbacks: tuple[ModelName, ...] | None = None,
) -> Call:
    """Return the right to make the one call for a request that has none that is open or paid.

    Args:
        tx: The transaction.
        request: The question.
        lease_token: Of the claim we work under.
        fallbacks: Who is left to be asked after that; None: all that the terms name.

    Returns:
        The call, to the first who may be asked now; or one with a refusal.

    Raises:
        CallInFlightError: It has: the unique index says so.
    """
    if fallbacks is None:
        fallbacks = tx.terms.fallbacks_for(request.purpose, request.model_name)
    admitted = admission.admit(tx, request, fallbacks)
    if isinstance(admitted, ScoutError):
        admission.refused(tx)
        return Call(NO_CALL, lease_token, request, refusal=admitted)
    request = admitted.request
    parameters: dict[str, Any] = {
        "organization_id": request.organization_id,
        "camera_id": request.camera_id,
        "request_key": request.key,
        "purpose": request.purpose,
        "subject_id": request.subject_id,
        "provider": request.provider,
        "model": request.model,
        "profile_version_id": request.profile_version_id,
        "lease_token": lease_token,
        "expires_in": _expires_in(),
        "lane": request.lane,
        "reserved_microdollars": admitted.reserved_microdollars,
        "reserved_tokens": admitted.reserved_tokens,
    }
    row = tx.row(_START, parameters)
    if row is None:
        raise CallInFlightError(request.key, retry_after=LOOK_AGAIN_SECONDS)
    return Call(row[0], lease_token, request, admitted.fallbacks)


def fall_back(tx: Transaction, call: Call, error: ScoutError) -> Call:
    """Settle a call that its provider failed, unpaid, and start one to the next fallback.

    Args:
        tx: The transaction.
        call: It has a fallback left.
        error: What the provider said.

    Raises:
        LeaseLostError: Somebody else settled the call: the request is no longer ours.
        CallInFlightError: Somebody else began since.
    """
    detail = error.detail[:DETAIL_CAP]
    if not settle(tx, call.id, CallStatus.FAILED, error_class=error.error_class, detail=detail):
        raise leases.LeaseLostError(f"call {call.id} was given up meanwhile")
    heed(tx, call.request, error)
    following, *rest = call.fallbacks
    return start(tx, call.request.to(following), call.lease_token, tuple(rest))


def _look_again(seconds_left: float) -> float:
    return min(max(seconds_left, 0.0) + 1.0, LOOK_AGAIN_SECONDS)


def _expires_in() -> float:
    running = deadline.current()
    left = ATTEMPT_SECONDS if running is None else min(running.remaining(), 3600.0)
    return left + GRACE_SECONDS
