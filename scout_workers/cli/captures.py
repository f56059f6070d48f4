"""`scout-workers captures`: list captures, or show one with all that is known of it."""

from __future__ import annotations

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.details import picture_path, show_analysis, show_capture
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.filters import filters, the_one
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, short, show_table
from scout_workers.cli.words import local, state_style
from scout_workers.domain.captures import CaptureState
from scout_workers.store import report_details, reports

_COLUMNS = (
    Column("id"),
    Column("camera", fold=True),
    Column("captured"),
    Column("state", style=state_style),
    Column("analysis", style=state_style),
    Column("severity", style=state_style),
    Column("headline", fold=True),
)


@click.group("captures")
def command() -> None:
    """List captures, or show one with all that is known of it."""


@command.command("list")
@filters([state.value for state in CaptureState])
@verbose_option
def list_captures(
    *, organization: str | None, camera: str | None, state: str | None, limit: int, as_json: bool
) -> None:
    """List captures, newest first, each with its latest analysis."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        lines = reports.captures(
            tx, organization=organization, camera=camera, state=state, limit=limit
        )
    if as_json:
        print_json(lines)
    elif not lines:
        click.echo("No captures match.", err=True)
    else:
        rows = [
            (
                short(line.id),
                line.camera,
                local(line.captured_at, line.time_zone),
                line.state,
                line.analysis_state or "waiting",
                line.severity,
                line.headline or line.state_reason,
            )
            for line in lines
        ]
        show_table(output(), "", _COLUMNS, rows)


@command.command("show")
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def show(*, id_: str, as_json: bool) -> None:
    """Show one capture, its analyses, what they observed and what they cost.

    ID may be abbreviated to its first digits, as `captures list` shows them.
    """
    with opened(migrate=False) as app:
        with app.store.transaction() as tx:
            capture_id = the_one("capture", id_, lambda prefix: reports.captures_like(tx, prefix))
            detail = report_details.capture(tx, capture_id)
        if detail is None:
            raise UsageMistakeError(f"The capture {capture_id} was just deleted.")
        path = picture_path(app.settings, detail)
    if as_json:
        print_json({"picture": path, "capture": detail})
        return
    console = output()
    show_capture(console, detail, path)
    for analysis in detail.analyses:
        show_analysis(console, analysis, detail.time_zone)
    if not detail.analyses:
        console.print("\nNo analysis yet: no worker has begun on it.")
