"""`scout-workers analyses`: list analyses, or show one with its observations and calls."""

from __future__ import annotations

import click

from scout_workers.cli.analyses_rerun import rerun
from scout_workers.cli.console import output, print_json
from scout_workers.cli.details import picture_path, show_analysis, show_capture
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.filters import filters, the_one
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, short, show_table
from scout_workers.cli.words import local, state_style
from scout_workers.store import report_details, reports

STATES = ("pending", "running", "deferred", "completed", "failed", "skipped")

_COLUMNS = (
    Column("id"),
    Column("camera", fold=True),
    Column("captured"),
    Column("state", style=state_style),
    Column("severity", style=state_style),
    Column("headline or error", fold=True),
    Column("flags", fold=True),
)


@click.group("analyses")
def command() -> None:
    """List analyses, show one with its observations and calls, or have captures analysed again."""


command.add_command(rerun)


@command.command("list")
@filters(STATES)
@verbose_option
def list_analyses(
    *, organization: str | None, camera: str | None, state: str | None, limit: int, as_json: bool
) -> None:
    """List analyses, those of the newest captures first."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        lines = reports.analyses(
            tx, organization=organization, camera=camera, state=state, limit=limit
        )
    if as_json:
        print_json(lines)
    elif not lines:
        click.echo("No analyses match.", err=True)
    else:
        rows = [
            (
                short(line.id),
                line.camera,
                local(line.captured_at, line.time_zone),
                line.state,
                line.severity,
                line.headline or line.error_class,
                line.flags,
            )
            for line in lines
        ]
        show_table(output(), "", _COLUMNS, rows)


@command.command("show")
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def show(*, id_: str, as_json: bool) -> None:
    """Show one analysis: its capture, what it observed and what it cost.

    ID may be abbreviated to its first digits, as `analyses list` shows them.
    """
    with opened(migrate=False) as app:
        with app.store.transaction() as tx:
            analysis_id = the_one("analysis", id_, lambda prefix: reports.analyses_like(tx, prefix))
            capture_id = reports.capture_of_analysis(tx, analysis_id)
            detail = None if capture_id is None else report_details.capture(tx, capture_id)
        if detail is None:
            raise UsageMistakeError(f"The analysis {analysis_id} was just deleted.")
        path = picture_path(app.settings, detail)
    analysis = next(each for each in detail.analyses if each.id == analysis_id)
    if as_json:
        detail.analyses[:] = [analysis]
        print_json({"picture": path, "capture": detail})
        return
    console = output()
    show_capture(console, detail, path)
    show_analysis(console, analysis, detail.time_zone)
