"""What calls cost, and what is held back: read only, for the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import date, datetime

    from scout_workers.store.transaction import Transaction

By: TypeAlias = Literal["day", "camera", "model", "purpose"]

_COSTS = query("report_costs")
_DEFERRED = query("report_deferred")


@dataclass(frozen=True, slots=True)
class CostLine:
    """The calls of one organization that have one day, camera, model or purpose in common.

    Attributes:
        what: Which; days are the organization's own.
        calls: All that were made, or may have been.
        in_doubt: Those of which nobody knows how they ended.
        held_microdollars: What calls under way or in doubt may still cost.
        unpriced: Answers whose price nobody knows; they are not in the cost.
        price_sources: Where the prices came from.
    """

    organization: str
    what: str
    calls: int
    failed: int
    in_doubt: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost_microdollars: int
    held_microdollars: int
    unpriced: int
    price_sources: list[str]


@dataclass(frozen=True, slots=True)
class Deferred:
    """Analyses that are deferred for one reason, and that reason in the words of one of them."""

    error_class: str
    count: int
    detail: str
    since: datetime | None


def costs(
    tx: Transaction,
    by: By,
    *,
    organization: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[CostLine]:
    """Add up what calls cost; None does not filter, `until` is the first day not meant."""
    filters = {"by": by, "organization": organization, "since": since, "until": until}
    return [CostLine(*row) for row in tx.rows(_COSTS, filters)]


def deferred(tx: Transaction) -> list[Deferred]:
    """Say why analyses are deferred, the most frequent reason first."""
    return [Deferred(*row) for row in tx.rows(_DEFERRED, {})]
