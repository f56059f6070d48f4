"""`scout-workers profile list`: versions, camera by camera."""

from __future__ import annotations

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.naming import camera_of, organization_of
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, short, show_table
from scout_workers.cli.words import local, state_style
from scout_workers.domain.profiles import VersionState
from scout_workers.store import report_profiles

_COLUMNS = (
    Column("version"),
    Column("state", style=state_style),
    Column("model", fold=True),
    Column("analyses", right=True),
    Column("made"),
    Column("instructions", fold=True),
    Column("id"),
)
_MOST_TOLD = 80


@click.command("list")
@click.option("--camera", help="Only the versions of this camera.")
@click.option("--organization", help="Only this organization's.")
@click.option(
    "--state",
    type=click.Choice([state.value for state in VersionState]),
    help="Only those in this state.",
)
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="The most."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(
    *, camera: str | None, organization: str | None, state: str | None, limit: int, as_json: bool
) -> None:
    """List versions, camera by camera, the newest first."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        whose = None if organization is None else organization_of(tx, organization).id
        camera_id = None if camera is None else camera_of(tx, camera, organization).id
        lines = report_profiles.versions(
            tx, organization_id=whose, camera_id=camera_id, state=state, limit=limit
        )
    if as_json:
        print_json(lines)
    elif not lines:
        click.echo("No versions match.", err=True)
    else:
        rows = [
            (
                line.title,
                line.state,
                f"{line.provider} / {line.model}",
                line.analyses,
                local(line.created_at, line.organization.time_zone),
                _cut(line.instructions),
                short(line.id),
            )
            for line in lines
        ]
        show_table(output(), "", _COLUMNS, rows)


def _cut(text: str) -> str | None:
    line = " ".join(text.split())
    return (line if len(line) <= _MOST_TOLD else line[: _MOST_TOLD - 1] + "…") or None
