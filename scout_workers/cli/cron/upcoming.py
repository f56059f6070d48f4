"""`scout-workers cron next`: the next runs."""

from __future__ import annotations

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.cron.view import NONE_YET, coming, find, on_its_clock
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_table
from scout_workers.store import schedules

_COLUMNS = (Column("name"), Column("by its clock"), Column("UTC"))


@click.command("next")
@click.argument("name", required=False)
@click.option(
    "--count",
    "-n",
    type=click.IntRange(min=1, max=1000),
    default=5,
    show_default=True,
    help="How many of each.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, name: str | None, count: int, as_json: bool) -> None:
    """Show the next runs of the schedule NAME, or of all.

    By the clock each is scheduled by, and in UTC: the nights the clocks change are seen here
    beforehand. One that is paused, disabled or retired has no next run.
    """
    with opened(migrate=False) as app, app.store.transaction() as tx:
        known = [each for each, _ in schedules.all_of_them(tx)]
    chosen = known if name is None else [find(name, known)]
    following = {each.name: coming(each, count) for each in chosen}
    if as_json:
        print_json(following)
        return
    rows = [
        (each.name, on_its_clock(moment, each), moment)
        for each in chosen
        for moment in following[each.name]
    ]
    if rows:
        show_table(output(), "", _COLUMNS, rows)
    elif name is None:
        click.echo(NONE_YET if not known else "No schedule is active.", err=True)
    else:
        click.echo(f"{name} does not run: it is {chosen[0].state}.", err=True)
