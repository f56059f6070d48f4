"""Provider gates: what the fleet may ask of a provider a minute, and when it must stay away.

A gate is a row. Limits are held by the provider's row, whatever the model; a 429 or an overload
closes the row of its model. A begin passes a gate by one statement that commits by itself
(`store.aside`), so that the row is locked for as long as the server needs for it, and no begin that
is slow, stopped or rolled back keeps the fleet waiting. What was passed is not given back then.
"""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.calls import Estimate, Lane, ModelName
from scout_workers.domain.gates import LONGEST_PLACE_SECONDS, Limits
from scout_workers.store.errors import StoreBusyError
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

BUSY_SECONDS = 0.2, 1.0
"""When somebody comes again who found so many before the gate that it could not even be asked."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Passage:
    """Whether a gate was passed.

    Attributes:
        seconds: Until its place in the line, where it was not.
        busy: Why the gate could not be asked, where it could not.
    """

    passed: bool
    seconds: float
    busy: str | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate of a list.

    Attributes:
        model: Empty: the provider's own, which holds its limits.
        closed_seconds: Until it opens; 0: it is open.
        live_line_seconds: Until the last of those who wait was told to come; 0: nobody waits.
        requests_ahead_seconds: How long the bucket of requests takes to be full again.
        tokens_ahead_seconds: Likewise, of tokens.
    """

    provider: str
    model: str
    closed_seconds: float
    closed_reason: str | None
    live_line_seconds: float
    backfill_line_seconds: float
    requests_ahead_seconds: float
    tokens_ahead_seconds: float


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
    """Close a model's gate for the fleet, because of a 429 or an overload; at once.

    Args:
        tx: A transaction; the gate is closed whatever becomes of it.
        name: The model.
        reason: The class of the error.
        seconds: For how long the provider asked; None: it did not say.

    Returns:
        Seconds until it opens.
    """
    bounded = None if seconds is None else min(max(seconds, 1.0), LONGEST_CLOSING_SECONDS)
    closing = {
        "reason": reason,
        "seconds": bounded,
        "first": FIRST_CLOSING_SECONDS,
        "longest": LONGEST_CLOSING_SECONDS,
    }
    try:
        row = tx.aside.row(_CLOSE, name._asdict() | closing)
    except StoreBusyError as error:
        # Whoever asks the model next is told the same.
        logger.warning("the gate of %s is not closed: %s", "/".join(name), error)
        return FIRST_CLOSING_SECONDS if bounded is None else bounded
    assert row is not None  # inserted or updated, one or the other
    return float(row[0])


def reopen(tx: Transaction, name: ModelName) -> None:
    """Forget earlier closings of a model's gate once this is committed: it answers again."""
    tx.after_commit(lambda: tx.aside.row(_REOPEN, name._asdict()))


def give_back(tx: Transaction, provider: str, limits: Limits, tokens: int) -> None:
    """Put tokens that were not used back into a provider's bucket once this is committed.

    Or take more. What is lost in between was held for nothing, and for no longer than a minute.
    """
    if tokens and limits.tokens_per_minute:
        returned = {"provider": provider, "seconds": limits.token_seconds(tokens)}
        tx.after_commit(lambda: tx.aside.row(_GIVE_BACK, returned))


def _pass(tx: Transaction, gate: ModelName, parameters: dict[str, float], lane: Lane) -> Passage:
    asked = parameters | gate._asdict() | {"lane": lane, "longest": LONGEST_PLACE_SECONDS}
    try:
        row = tx.aside.row(_PASS, asked)
        if row is None:
            tx.aside.row(_MAKE, gate._asdict())
            row = tx.aside.row(_PASS, asked)
    except StoreBusyError as error:
        soon = random.uniform(*BUSY_SECONDS)  # noqa: S311  no secret
        return Passage(passed=False, seconds=soon, busy=str(error))
    assert row is not None  # made by us or by somebody else
    return Passage(*row)
