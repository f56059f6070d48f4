"""`scout-workers budget`: what an organization may spend a day and a month."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, get_args

import click

from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_table
from scout_workers.cli.words import dollars, duration
from scout_workers.store import budgets, organizations

if TYPE_CHECKING:
    from scout_workers.store.budgets import Budget

_MICRO: Final = 1_000_000
_MOST: Final = 10**9
_NONE: Final = "none"


@click.group("budget")
def command() -> None:
    """Show and set what an organization may spend a day and a month.

    A call's upper bound is held before it is made, so that no crowd of workers exceeds a budget.
    What does not fit is deferred, and goes on by itself when the budget is raised (within about a
    minute) or when the next day or month begins where the organization is.
    """


@command.command("show")
@click.option("--organization", help="Only this organization's.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def show(*, organization: str | None, as_json: bool) -> None:
    """Show budgets with what is spent and held of them now."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        found = budgets.show(tx, organization)
    if as_json:
        print_json([_told(budget) for budget in found])
    elif not found:
        click.echo("No budgets are set: nothing is refused for its cost.", err=True)
    else:
        _show(found)


@command.command("set")
@click.argument("organization")
@click.option("--day", metavar="DOLLARS", help='Most a day, as 5.00; "none" takes it away.')
@click.option("--month", metavar="DOLLARS", help="Most a month, likewise.")
@verbose_option
def set_(*, organization: str, day: str | None, month: str | None) -> None:
    """Set an organization's budgets; what is not named stays.

    For example: scout-workers budget set acme --day 5 --month none
    """
    wanted = dict(zip(get_args(budgets.Period), (day, month), strict=True))
    limits = {period: _limit(text) for period, text in wanted.items() if text is not None}
    if not limits:
        raise UsageMistakeError("Say which budget: --day DOLLARS, --month DOLLARS, or both.")
    with opened(migrate=False) as app, app.store.transaction() as tx:
        known = {each.name: each.id for each in organizations.everyone(tx)}
        organization_id = known.get(organization)
        if organization_id is None:
            names = ", ".join(known) or "none yet"
            raise UsageMistakeError(
                f"There is no organization {plain(organization)!r} (there are: {plain(names)})."
            )
        for period, limit in limits.items():
            budgets.set_limit(tx, organization_id, period, limit)
        found = budgets.show(tx, organization)
    if found:
        _show(found)
    else:
        click.echo("No budget is left: nothing is refused for its cost.")


def _limit(text: str) -> int | None:
    if text.lower() == _NONE:
        return None
    try:
        amount = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        raise UsageMistakeError(
            f'{plain(text)!r} is no amount: write it as 5.00, or "none".'
        ) from None
    if not amount.is_finite() or not 0 <= amount <= _MOST:
        raise UsageMistakeError(f"{plain(text)} is no budget: write an amount as 5.00.")
    return int(amount * _MICRO)


def _show(found: list[Budget]) -> None:
    columns = (
        Column("organization"),
        Column("budget"),
        *(Column(name, right=True) for name in ("limit", "spent", "held", "left", "begins anew")),
    )
    rows = [
        (
            budget.organization,
            f"{budget.period} from {budget.starts_on}",
            dollars(budget.limit_microdollars),
            dollars(budget.spent_microdollars),
            dollars(budget.reserved_microdollars),
            dollars(budget.left_microdollars),
            f"in {duration(budget.seconds_left)}",
        )
        for budget in found
    ]
    show_table(output(), "", columns, rows)


def _told(budget: Budget) -> dict[str, object]:
    return {
        "organization": budget.organization,
        "time_zone": budget.time_zone,
        "period": budget.period,
        "starts_on": str(budget.starts_on),
        "limit_microdollars": budget.limit_microdollars,
        "spent_microdollars": budget.spent_microdollars,
        "held_microdollars": budget.reserved_microdollars,
        "left_microdollars": budget.left_microdollars,
        "seconds_left": budget.seconds_left,
    }
