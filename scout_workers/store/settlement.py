"""How a call ends in the ledger, and what that gives back to budgets and gates.

Everybody locks in one order: the call, the gates, the budgets.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from scout_workers.domain import leases
from scout_workers.domain.calls import CallStatus, ModelName, Usage
from scout_workers.domain.errors import ErrorClass
from scout_workers.store import budgets, gates, switches
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.domain.calls import Answer
    from scout_workers.domain.errors import ScoutError
    from scout_workers.domain.requests import Call, Request
    from scout_workers.store.transaction import Transaction

_RECEIPT = query("ledger_receipt")
_SETTLE = query("ledger_settle")
_RECOVER = query("ledger_recover")

_NOTHING_CAME: dict[str, Any] = {
    **dict.fromkeys(("served_model", "request_id", "cost_microdollars", "price_source")),
    **dict.fromkeys(("raw", "latency_ms", "input_tokens", "output_tokens", "cached_tokens")),
}
_CLOSING = {ErrorClass.RATE_LIMITED, ErrorClass.OVERLOADED}


def receipt(tx: Transaction, call: Call, answer: Answer) -> bool:
    """Keep a paid answer, raw, with its usage and cost; safe to repeat.

    What was held for the call becomes what it cost. Where nobody knows its price, it counts as
    the whole of what was held.

    Returns:
        Whether it is the answer of the request. False: the call was given up meanwhile, so this
        is a late receipt; it is kept on the in_doubt call, and whoever brought it must not go on.
        Commit in either case.

    Raises:
        LeaseLostError: There is no open or in_doubt call under this token: nothing was kept.
    """
    return received(tx, call.id, call.lease_token, answer)


def received(tx: Transaction, call_id: UUID, lease_token: str, answer: Answer) -> bool:
    """Keep a paid answer of a call that is known by its id and token alone; see `receipt`."""
    asked = {"id": call_id, "lease_token": lease_token, "raw": storable(answer.raw)}
    row = tx.row(_RECEIPT, _told(answer) | asked)
    if row is None:
        raise leases.LeaseLostError(f"call {call_id} is not open under the token of this claim")
    is_answer, first, organization_id, local_day, provider, model, held, tokens, closed = row
    if first:
        if closed:
            gates.reopen(tx, ModelName(provider, model))
        if tokens:
            left = tokens - _used(answer.usage)
            gates.give_back(tx, provider, tx.terms.limits_of(provider), left)
        cost = answer.cost_microdollars
        spent = held if cost is None else cost
        budgets.settle(tx, organization_id, local_day, reserved=held, spent=spent)
    return bool(is_answer)


def adopt(tx: Transaction, call_id: UUID, lease_token: str, answer: Answer) -> bool:
    """Keep an answer that was found in the spool; safe to repeat.

    Returns:
        Whether it is the answer of the request: it is, though its call was given up, where no
        other one is open or paid by now.

    Raises:
        LeaseLostError: There is no such call, or it has another answer.
    """
    return received(tx, call_id, lease_token, answer) or tx.execute(_RECOVER, {"id": call_id}) > 0


def storable(raw: str) -> str:
    """Replace what Postgres cannot hold in a text: NUL, and halves of surrogate pairs."""
    return raw.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def settle(
    tx: Transaction,
    call_id: UUID,
    status: CallStatus,
    *,
    error_class: str | None = None,
    detail: str | None = None,
    paid: Answer | None = None,
) -> bool:
    """Close an open call without an answer; nothing happens to one that has its receipt.

    What was held for it is let go, unless it is in doubt: then it may have been paid.

    Args:
        tx: The transaction.
        call_id: The call.
        status: failed (not paid, but for `paid`), void (never sent) or in_doubt (nobody knows).
        error_class: What went wrong, where something did.
        detail: The same in words.
        paid: What came and was charged for although it answers nothing: a refusal.

    Returns:
        Whether it was open.
    """
    parameters = {"status": status, "error_class": error_class, "error_detail": detail}
    came = _NOTHING_CAME if paid is None else _told(paid) | {"raw": storable(paid.raw)}
    row = tx.row(_SETTLE, came | parameters | {"id": call_id})
    if row is None:
        return False
    organization_id, local_day, provider, _, held, tokens = row
    if status is not CallStatus.IN_DOUBT:
        used = _used(paid.usage) if paid is not None else 0
        if tokens:
            gates.give_back(tx, provider, tx.terms.limits_of(provider), tokens - used)
        spent = 0
        if paid is not None:
            spent = held if paid.cost_microdollars is None else paid.cost_microdollars
        budgets.settle(tx, organization_id, local_day, reserved=held, spent=spent)
    return True


def heed(tx: Transaction, request: Request, error: ScoutError) -> None:
    """Have the whole fleet heed what a provider answered instead of an answer.

    A 429 or an overload closes its model's gate, and the error is given a place in the line before
    it. A refused key pauses the model until somebody resumes it.
    """
    if error.error_class in _CLOSING:
        gates.close(tx, request.model_name, error.error_class, error.retry_after)
        limits = tx.terms.limits_of(request.provider)
        error.retry_after = gates.wait(tx, request.model_name, limits, request.lane).seconds
    elif error.error_class is ErrorClass.AUTH:
        switches.pause(
            tx,
            switches.provider(*request.model_name),
            reason=f"it refuses our key: {error.detail[:200]}",
            paused_by=switches.THE_PROVIDER,
        )


def _told(answer: Answer) -> dict[str, Any]:
    return asdict(answer) | asdict(answer.usage)


def _used(usage: Usage) -> int:
    return usage.input_tokens + usage.output_tokens
