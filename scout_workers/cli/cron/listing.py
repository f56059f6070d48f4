"""`scout-workers cron list`: every schedule, when it ran last and runs next."""

from __future__ import annotations

from dataclasses import asdict

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.cron.view import NONE_YET, on_its_clock, style
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_table
from scout_workers.store import schedules

_COLUMNS = (
    Column("name"),
    Column("cron"),
    Column("time zone", fold=True),
    Column("misfire"),
    Column("state", style=style),
    Column("last run"),
    Column("next run"),
    Column("missed", right=True),
)


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="The retired ones too.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, everything: bool, as_json: bool) -> None:
    """List the schedules: when each ran last and runs next, by the clock it is scheduled by.

    "missed" counts the times that passed while nobody looked at the clock, and that were not made
    up for (misfire in settings/schedule.toml).
    """
    with opened(migrate=False) as app, app.store.transaction() as tx:
        found = schedules.all_of_them(tx)
    listed = [each for each in found if everything or each[0].retired_at is None]
    if as_json:
        print_json(
            [
                {
                    **asdict(each),
                    "state": each.state,
                    "last_run": last,
                    "next_at": each.next_at if each.state == "active" else None,
                }
                for each, last in listed
            ]
        )
        return
    if not listed:
        click.echo(NONE_YET, err=True)
        return
    rows = [
        (
            *(each.name, each.cron, each.time_zone, each.misfire, each.state),
            on_its_clock(last, each),
            on_its_clock(each.next_at, each) if each.state == "active" else None,
            each.missed,
        )
        for each, last in listed
    ]
    show_table(output(), "", _COLUMNS, rows)
