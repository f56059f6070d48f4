"""`scout-workers backfill list`: backfills, newest first."""

from __future__ import annotations

import click

from scout_workers.cli.backfill.finding import all_paused, say_all_paused
from scout_workers.cli.backfill.report import show_backfills
from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.store import backfill_reports


@click.command("list")
@click.option("--organization", help="Only this organization's.")
@click.option("--active", is_flag=True, help="Only those that are planned, running or paused.")
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=10_000),
    default=20,
    show_default=True,
    help="The most to list.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, organization: str | None, active: bool, limit: int, as_json: bool) -> None:
    """List backfills, newest first."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        lines = backfill_reports.lines(tx, organization=organization, active=active, limit=limit)
        pause = all_paused(tx)
    if as_json:
        print_json(lines)
        return
    say_all_paused(pause)
    if not lines:
        click.echo("No backfills match.", err=True)
    else:
        show_backfills(output(), lines)
