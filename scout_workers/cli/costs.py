"""`scout-workers costs`: what model calls cost, by day, camera, model or purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_table
from scout_workers.cli.words import dollars
from scout_workers.store import costs

if TYPE_CHECKING:
    from datetime import datetime

    from scout_workers.store.costs import By

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_NUMBERS = ("calls", "failed", "in doubt", "tokens in", "tokens out", "cost", "held")


@click.command("costs")
@click.option(
    "--by",
    type=click.Choice(["day", "camera", "model", "purpose"]),
    default="day",
    show_default=True,
    help="What to add up by.",
)
@click.option("--since", type=_DAY, metavar="DAY", help="From this day on, as 2026-06-21.")
@click.option("--until", type=_DAY, metavar="DAY", help="Up to this day, which is not included.")
@click.option("--organization", help="Only this organization's.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(
    *,
    by: By,
    since: datetime | None,
    until: datetime | None,
    organization: str | None,
    as_json: bool,
) -> None:
    """Show what model calls cost, with where the prices come from.

    Days are those of each organization's time zone. "held" is what calls that are under way or in
    doubt may still cost. A call in doubt was started by a worker that never came back with a
    receipt: it may have been paid.
    """
    with opened(migrate=False) as app, app.store.transaction() as tx:
        lines = costs.costs(
            tx,
            by,
            organization=organization,
            since=None if since is None else since.date(),
            until=None if until is None else until.date(),
        )
    if as_json:
        print_json(lines)
        return
    if not lines:
        click.echo("No calls match.", err=True)
        return
    rows: list[tuple[object, ...]] = [
        (
            line.organization,
            line.what,
            line.calls,
            line.failed,
            line.in_doubt,
            f"{line.input_tokens:,}",
            f"{line.output_tokens:,}",
            dollars(line.cost_microdollars),
            dollars(line.held_microdollars),
            line.price_sources,
        )
        for line in lines
    ]
    total = dollars(sum(line.cost_microdollars for line in lines))
    columns = (
        Column("organization"),
        Column(by, fold=True),
        *(Column(name, right=True) for name in _NUMBERS),
        Column("price from", fold=True),
    )
    show_table(output(), "", columns, rows)
    unpriced = sum(line.unpriced for line in lines)
    click.echo(f"\n{total} in all.")
    if unpriced:
        click.echo(
            f"The price of {unpriced} of them is not known and not in it: set "
            "[providers.….prices] in the settings."
        )
