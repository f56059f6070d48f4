"""`scout-workers summaries list`: the latest hours and days, and what was written about them."""

from __future__ import annotations

import click

from scout_workers.cli import moments
from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.filters import filters
from scout_workers.cli.naming import clock_of
from scout_workers.cli.opening import opened
from scout_workers.cli.summaries.words import window
from scout_workers.cli.tables import Column, short, show_table
from scout_workers.cli.words import state_style
from scout_workers.store import report_summaries

STATES = ("pending", "running", "deferred", "completed", "failed", "skipped")

_COLUMNS = (
    Column("id"),
    Column("camera", fold=True),
    Column("of"),
    Column("state", style=state_style),
    Column("pictures", right=True),
    Column("severity", style=state_style),
    Column("headline or error", fold=True),
)


@click.command("list")
@filters(STATES)
@click.option("--kind", type=click.Choice(["hour", "day"]), help="Only hours, or only days.")
@click.option("--since", metavar=moments.METAVAR, help=f"Only what ended later: {moments.HELP}.")
@click.option("--history", is_flag=True, help="Also those that newer ones took the place of.")
@verbose_option
def list_summaries(
    *,
    organization: str | None,
    camera: str | None,
    state: str | None,
    kind: str | None,
    since: str | None,
    history: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List summaries, the latest hours and days first.

    Only those that count for their window, are being written or failed: `--history` shows all.
    """
    with opened(migrate=False) as app, app.store.transaction() as tx:
        lines = report_summaries.summaries(
            tx,
            organization=organization,
            camera=camera,
            kind=kind,
            state=state,
            since=None if since is None else moments.moment(since, clock_of(tx, organization)),
            history=history or state == "skipped",
            limit=limit,
        )
    if as_json:
        print_json(lines)
    elif not lines:
        click.echo("No summaries match; an hour is summed up a while after it is over.", err=True)
    else:
        rows = [
            (
                short(line.id),
                line.camera or "all cameras",
                window(line.kind, line.window_start, line.window_end, line.time_zone),
                line.state if line.current or line.state != "completed" else "superseded",
                line.pictures,
                line.severity,
                line.headline or line.error_class,
            )
            for line in lines
        ]
        show_table(output(), "", _COLUMNS, rows)
