"""Provider gates: what the fleet may ask of a provider a minute, and when it must stay away.

A gate is a row. Limits are held by the provider's row, whatever the model; a 429 or an overload
closes the row of its model. A begin passes a gate in its own transaction, by one statement that
locks the row until the commit: milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.calls import Estimate, Lane, ModelName
from scout_workers.domain.gates import LONGEST_PLACE_SECONDS, Limits
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from scout_workers.store.transaction import Transaction

_MAKE = query("gates_make")
_PASS = query("gates_pass")
_CLOSE = query("gates_close")
_REOPEN = query("gates_reopen")
_GIVE_BACK = query("gates_give_back")
_LIST = query("gates_list")
_OPEN = query("gates_open")

FIRST_CLOSING_SECONDS = 5.0
"""How long a gate is closed by a provider that does not say for how long; twice that the next time
in a row, and so on."""

LONGEST_CLOSING_SECONDS = 900.0
"""No provider keeps us away for longer: after that one call finds out."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Whether a gate was passed.

    Attributes:
        seconds: Until its place in the line, where it was not.
    """

    passed: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate of a list.

    Attributes:
        model: Empty: the provider's own, which holds its limits.
        closed_seconds: Until it opens; 0: it is open.
        live_line_seconds: Until the last of those who wait was told to come; 0: nobody waits.
    """

    provider: str
    model: str
    closed_seconds: float
    closed_reason: str | None
    live_line_seconds: float
    backfill_line_seconds: float


def listed(tx: Transaction) -> list[Gate]:
    """List the gates there are."""
    return [Gate(*row) for row in tx.rows(_LIST, {})]


def open_early(tx: Transaction, provider: str, model: str | None = None) -> bool:
    """Open what a provider closed, before its time; tells whether anything was closed."""
    return tx.execute(_OPEN, {"provider": provider, "model": model}) > 0


def pass_limits(
    tx: Transaction, provider: str, limits: Limits, estimate: Estimate, lane: Lane
) -> Passage:
    """Take one call from what a provider may be asked, or a place in the line."""
    parameters = limits.passing(estimate, backfill=lane is Lane.BACKFILL)
    return _pass(tx, ModelName(provider, ""), parameters, lane)


def wait(tx: Transaction, name: ModelName, limits: Limits, lane: Lane) -> Passage:
    """Take a place in the line before a model's gate; passed: it has opened just now.

    Args:
        tx: The transaction.
        name: The model.
        limits: Of its provider: the line is let in no faster.
        lane: Live, or behind all live ones.
    """
    spacing = limits.passing(Estimate(), backfill=False)["spacing"]
    parameters = Limits().passing(Estimate(), backfill=False) | {"spacing": spacing}
    return _pass(tx, name, parameters, lane)


def close(tx: Transaction, name: ModelName, reason: str, seconds: float | None) -> float:
    """Close a model's gate for the fleet, because of a 429 or an overload.

    Args:
        tx: The transaction.
        name: The model.
        reason: The class of the error.
        seconds: For how long the provider asked; None: it did not say.

    Returns:
        Seconds until it opens.
    """
    bounded = None if seconds is None else min(max(seconds, 1.0), LONGEST_CLOSING_SECONDS)
    row = tx.row(
        _CLOSE,
        {
            "provider": name.provider,
            "model": name.model,
            "reason": reason,
            "seconds": bounded,
            "first": FIRST_CLOSING_SECONDS,
            "longest": LONGEST_CLOSING_SECONDS,
        },
    )
    assert row is not None  # inserted or updated, one or the other
    return float(row[0])


def reopen(tx: Transaction, name: ModelName) -> None:
    """Forget earlier closings of a model's gate: it answers again."""
    tx.execute(_REOPEN, {"provider": name.provider, "model": name.model})


def give_back(tx: Transaction, provider: str, limits: Limits, tokens: int) -> None:
    """Put tokens that were reserved and not used back into a provider's bucket; or take more."""
    if tokens and limits.tokens_per_minute:
        tx.execute(_GIVE_BACK, {"provider": provider, "seconds": limits.token_seconds(tokens)})


def _pass(tx: Transaction, gate: ModelName, parameters: dict[str, float], lane: Lane) -> Passage:
    asked = parameters | gate._asdict() | {"lane": lane, "longest": LONGEST_PLACE_SECONDS}
    row = tx.row(_PASS, asked)
    if row is None:
        tx.execute(_MAKE, gate._asdict())
        row = tx.row(_PASS, asked)
    assert row is not None  # made by us or by somebody else
    return Passage(*row)
