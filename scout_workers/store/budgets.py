"""Budgets: what an organization may spend in one of its own days and months.

    limit >= spent + held                  of each window, at every commit

A begin holds a call's upper bound by one conditional UPDATE; the receipt turns it into what the
call cost, a failure lets it go, and a call in doubt keeps it, since it may have been paid. A
budget that was set in the middle of a day begins with what the ledger knows of that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

Period: TypeAlias = Literal["day", "month"]

_RESERVE = query("budgets_reserve")
_OPEN = query("budgets_open")
_SETTLE = query("budgets_settle")
_SET = query("budgets_set")
_REMOVE = query("budgets_remove")
_SHOW = query("budgets_show")


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget and its window of today, in millionths of a dollar.

    Attributes:
        period: "day" or "month".
        starts_on: The window's first day, where the organization is.
        seconds_left: Until the next window.
    """

    organization: str
    time_zone: str
    period: str
    starts_on: date
    limit_microdollars: int
    spent_microdollars: int
    reserved_microdollars: int
    seconds_left: float

    @property
    def left_microdollars(self) -> int:
        """What another call may still be held for."""
        return max(
            self.limit_microdollars - self.spent_microdollars - self.reserved_microdollars, 0
        )


def reserve(tx: Transaction, organization_id: UUID, cost: int) -> bool:
    """Hold a call's upper bound in all of the organization's budgets, or in none of them.

    Args:
        tx: The transaction; the windows stay locked until its commit.
        organization_id: Whose budgets.
        cost: In millionths of a dollar.

    Returns:
        Whether it fitted; true also where there is no budget.
    """
    asked = {"organization_id": organization_id, "cost": cost}
    complete, fits = _first(tx, asked)
    if not complete:
        tx.execute(_OPEN, {"organization_id": organization_id})
        complete, fits = _first(tx, asked)
    return bool(complete and fits)


def settle(
    tx: Transaction, organization_id: UUID, local_day: date, *, reserved: int, spent: int
) -> None:
    """Turn what was held for a call into what it cost, in the windows it was begun in."""
    if reserved or spent:
        tx.execute(
            _SETTLE,
            {
                "organization_id": organization_id,
                "local_day": local_day,
                "reserved": reserved,
                "spent": spent,
            },
        )


def set_limit(tx: Transaction, organization_id: UUID, period: Period, limit: int | None) -> None:
    """Set a budget, change it, or take it away (None); what waits for it looks within a minute."""
    budget = {"organization_id": organization_id, "period": period}
    if limit is None:
        tx.execute(_REMOVE, budget)
        return
    tx.execute(_SET, budget | {"limit": limit})
    tx.execute(_OPEN, {"organization_id": organization_id})


def show(tx: Transaction, organization: str | None = None) -> list[Budget]:
    """List budgets with what is spent and held today; None: of every organization."""
    return [Budget(*row) for row in tx.rows(_SHOW, {"organization": organization})]


def _first(tx: Transaction, asked: dict[str, object]) -> tuple[bool, bool]:
    row = tx.row(_RESERVE, asked)
    assert row is not None  # an aggregate has a row
    return row[0], row[1]
