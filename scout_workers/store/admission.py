"""Admission: whether a call may be made now, to whom, and what is held for it until it is settled.

A switch, a closed gate, a limit and a budget are looked at in a begin's own transaction, in that
order. What is refused is refused with a reason and a moment to come again, and the transaction
commits: no worker waits, and no retry is spent.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.store import budgets, gates
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from scout_workers.domain.calls import ModelName
    from scout_workers.domain.requests import Request
    from scout_workers.store.transaction import Transaction

_LOOK = query("admission_look")
_REFUSED = query("admission_refused")

LONG_WAIT_SECONDS = 30.0
"""A provider that keeps us away for longer is not waited for where there is a fallback."""

LOOK_AGAIN_SECONDS = 45.0, 75.0
"""Who waits for a person looks again in between: what was resumed or raised is noticed soon."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The right to make a call.

    Attributes:
        request: To whom.
        fallbacks: Who may be asked after that.
        reserved_microdollars: Held in the organization's budgets.
        reserved_tokens: Taken from the provider's bucket.
    """

    request: Request
    fallbacks: tuple[ModelName, ...]
    reserved_microdollars: int
    reserved_tokens: int


class _Look(NamedTuple):
    """What may stand in the way of one model: a row of `admission_look`."""

    held_kind: str | None
    held_reason: str | None
    shut_reason: str | None
    closed_seconds: float | None
    closed_reason: str | None
    short_period: str | None
    limit: int | None
    spent: int | None
    reserved: int | None
    window_seconds: float | None
    budgeted: bool


def admit(
    tx: Transaction, request: Request, fallbacks: tuple[ModelName, ...]
) -> Admitted | ScoutError:
    """Pass everything that may stand in a call's way, or say what does.

    Args:
        tx: The transaction; commit it in either case, a refusal has its place in a line.
        request: The question, to its first choice.
        fallbacks: Who is asked instead where the first is paused, overloaded or long away.

    Returns:
        The right to make the call, or a rate_limited, overloaded, budget or paused with the
        seconds to wait.
    """
    chain = (request.model_name, *fallbacks)
    costs = [tx.terms.most(name, request.estimate) for name in chain]
    looks = _look(tx, request, chain, costs)
    refusal: ScoutError | None = None
    for place, (name, cost, look) in enumerate(zip(chain, costs, looks, strict=True)):
        found = _stands_in_the_way(tx, request, name, cost, look)
        if found is None:
            rest = chain[place + 1 :]
            return Admitted(request.to(name), rest, cost or 0, _tokens(tx, request, name))
        refusal = refusal or found
        if not _is_evaded(found, look):
            return found
    assert refusal is not None  # there is always a first choice
    return refusal


def refused(tx: Transaction) -> None:
    """Have the transaction, which refused somebody, commit without waiting for the disk."""
    tx.execute(_REFUSED, {})


def _look(
    tx: Transaction, request: Request, chain: tuple[ModelName, ...], costs: list[int | None]
) -> list[_Look]:
    parameters = {
        "organization_id": request.organization_id,
        "camera_id": request.camera_id,
        "lane": request.lane,
        "providers": [name.provider for name in chain],
        "models": [name.model for name in chain],
        "costs": [cost or 0 for cost in costs],
    }
    return [_Look(*row) for row in tx.rows(_LOOK, parameters)]


def _stands_in_the_way(
    tx: Transaction, request: Request, name: ModelName, cost: int | None, look: _Look
) -> ScoutError | None:
    error = _on_hold(name, look) or _over_budget(name, cost, look)
    if error is not None:
        return error
    limits = tx.terms.limits_of(name.provider)
    if look.closed_seconds:
        passage = gates.wait(tx, name, limits, request.lane)
        if not passage.passed:
            return _closed(name, look.closed_reason, passage)
    if limits.any:
        passage = gates.pass_limits(tx, name.provider, limits, request.estimate, request.lane)
        if not passage.passed:
            what = f"{name.provider} has had what it may be asked in a minute"
            return _limited(what, passage)
    if look.budgeted and cost and not budgets.reserve(tx, request.organization_id, cost):
        # Somebody else took what was left between the look and the lock.
        return _budget("the rest of the budget was just taken", None)
    return None


def _on_hold(name: ModelName, look: _Look) -> ScoutError | None:
    if look.held_kind is not None:
        what = "history" if look.held_kind == "backfill" else f"the {look.held_kind}"
        return _paused(f"{what} is paused: {look.held_reason}")
    if look.shut_reason is not None:
        return _paused(f"{'/'.join(name)} is paused: {look.shut_reason}")
    return None


def _over_budget(name: ModelName, cost: int | None, look: _Look) -> ScoutError | None:
    if not look.budgeted:
        return None
    if cost is None:
        return _budget(
            f"no price is known of {'/'.join(name)}, so that no budget could be kept: set "
            f"[providers.{name.provider}.prices] in the settings, or take the budget away",
            None,
        )
    if look.short_period is None:
        return None
    return _budget(
        f"the {look.short_period}'s budget of {_dollars(look.limit)} does not hold another "
        f"{_dollars(cost)}: {_dollars(look.spent)} are spent, {_dollars(look.reserved)} held for "
        "calls under way or in doubt",
        look.window_seconds,
    )


def _is_evaded(error: ScoutError, look: _Look) -> bool:
    """Whether somebody else may be asked instead."""
    if error.error_class is ErrorClass.PAUSED:
        return look.held_kind is None
    if error.error_class is ErrorClass.OVERLOADED:
        return True
    return bool(look.closed_seconds and look.closed_seconds > LONG_WAIT_SECONDS)


def _closed(name: ModelName, reason: str | None, passage: gates.Passage) -> ScoutError:
    known = ErrorClass.OVERLOADED if reason == ErrorClass.OVERLOADED else ErrorClass.RATE_LIMITED
    what = f"{'/'.join(name)} asked all of us to stay away ({reason})"
    return _limited(what, passage, known)


def _limited(
    what: str, passage: gates.Passage, known: ErrorClass = ErrorClass.RATE_LIMITED
) -> ScoutError:
    if passage.busy is not None:
        what = f"the gate could not be asked: {passage.busy}"
    return ScoutError(known, what, retry_after=passage.seconds)


def _paused(detail: str) -> ScoutError:
    return ScoutError(ErrorClass.PAUSED, detail, retry_after=_soon())


def _budget(detail: str, window_seconds: float | None) -> ScoutError:
    wait = _soon() if window_seconds is None else min(_soon(), max(window_seconds, 0.0) + 1.0)
    return ScoutError(ErrorClass.BUDGET, detail, retry_after=wait)


def _tokens(tx: Transaction, request: Request, name: ModelName) -> int:
    if not tx.terms.limits_of(name.provider).tokens_per_minute:
        return 0
    return request.estimate.input_tokens + request.estimate.output_tokens


def _soon() -> float:
    return random.uniform(*LOOK_AGAIN_SECONDS)  # noqa: S311  no secret


def _dollars(microdollars: int | None) -> str:
    return f"${(microdollars or 0) / 1_000_000:,.4f}"
