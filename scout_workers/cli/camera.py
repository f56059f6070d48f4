"""`scout-workers camera`: where pictures come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli import pausing
from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.naming import camera_of, name_option, organization_of
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, short, show_fields, show_table
from scout_workers.cli.words import dollars, local
from scout_workers.store import cameras, profiles, report_camera, report_places, switches

if TYPE_CHECKING:
    from scout_workers.store.report_places import CameraLine

_COLUMNS = (
    Column("camera", fold=True),
    Column("organization", fold=True),
    Column("version", right=True),
    Column("model", fold=True),
    Column("captures", right=True),
    Column("latest"),
    Column("id"),
)
_WHOSE = "Whose. Needed only where a name could mean several."


@click.group("camera")
def command() -> None:
    """Look after cameras: where pictures come from.

    What a paused one delivers waits until it is resumed.
    """


@command.command("list")
@click.option("--organization", help="Only this organization's.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def list_cameras(*, organization: str | None, as_json: bool) -> None:
    """List cameras, with who looks at their pictures."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        whose = None if organization is None else organization_of(tx, organization).id
        lines = report_places.cameras(tx, whose)
    if as_json:
        print_json(lines)
    elif not lines:
        click.echo("No cameras match.", err=True)
    else:
        rows = [
            (
                line.name,
                line.organization,
                line.version,
                None if line.provider is None else f"{line.provider} / {line.model}",
                line.captures,
                local(line.latest, line.time_zone),
                short(line.id),
            )
            for line in lines
        ]
        pauses = [_paused(line) for line in lines]
        show_table(output(), "", *pausing.beside(_COLUMNS, rows, pauses))


@command.command("add")
@click.argument("name", callback=name_option)
@click.option("--organization", help=_WHOSE)
@verbose_option
def add(*, name: str, organization: str | None) -> None:
    """Add a camera of that NAME, watched as [models.describe] of the settings says.

    `profile draft` says what to watch it for; `import` adds a camera with its pictures.
    """
    with opened() as app, app.store.transaction() as tx:
        whose = organization_of(tx, organization)
        camera_id = cameras.find_or_create(tx, whose.id, name)
        new = profiles.active(tx, camera_id) is None
        if new:
            chosen = app.settings.models.describe
            profiles.ensure_active(
                tx,
                whose.id,
                camera_id,
                provider=chosen.provider,
                model=chosen.model,
                instructions="",
                by=hand(),
            )
    click.echo(f"{name} is added." if new else f"{name} is there already.")


@command.command("show")
@click.argument("name")
@click.option("--organization", help=_WHOSE)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def show(*, name: str, organization: str | None, as_json: bool) -> None:
    """Show the camera of that NAME: how far its captures are, and what they cost."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        found = camera_of(tx, name, organization)
        (line,) = report_places.cameras(tx, None, found.id)
        states = report_camera.states(tx, found.id)
        calls = report_camera.calls(tx, found.organization.id, found.id)
    if as_json:
        print_json({"camera": line, "states": states, "calls": calls})
        return
    watched = None if line.provider is None else f"{line.name}@{line.version}: {line.provider}"
    show_fields(
        output(),
        [
            ("camera", line.name),
            ("id", line.id),
            ("organization", line.organization),
            ("watched by", watched and f"{watched} / {line.model}"),
            *pausing.field(_paused(line)),
            ("since", local(line.created_at, line.time_zone)),
            ("latest picture", local(line.latest, line.time_zone)),
            ("captures", [f"{count} {state}" for state, count in states.items()]),
            ("calls", [f"{each.count} {each.status}" for each in calls]),
            ("cost", dollars(sum(each.cost_microdollars for each in calls))),
        ],
    )


@command.command("pause")
@click.argument("name")
@click.option("--organization", help=_WHOSE)
@pausing.reason_option
@verbose_option
def pause(*, name: str, organization: str | None, reason: str) -> None:
    """Ask no model anything about the camera NAME until it is resumed: its kill switch.

    Pictures still come in, and calls under way come to their end. What would be asked is deferred
    with the reason: no retry is spent, no worker waits, nothing is lost.
    """
    with opened(migrate=False) as app, app.store.transaction() as tx:
        found = camera_of(tx, name, organization)
        switch = switches.camera(found.organization.id, found.id)
        said = pausing.pause(tx, switch, found.name, reason)
    click.echo(said)


@command.command("resume")
@click.argument("name")
@click.option("--organization", help=_WHOSE)
@verbose_option
def resume(*, name: str, organization: str | None) -> None:
    """End the pause of the camera NAME; where its organization is paused, it waits for that."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        found = camera_of(tx, name, organization)
        switch = switches.camera(found.organization.id, found.id)
        said = pausing.resume(tx, switch, found.name)
        (line,) = report_places.cameras(tx, None, found.id)
    click.echo(said)
    if line.paused_with_all:
        whose = plain(line.organization)
        click.echo(
            f"It waits for {whose}, which is paused: scout-workers organization resume {whose}"
        )


def _paused(line: CameraLine) -> str | None:
    said = pausing.said(line.paused_by, line.paused_reason)
    return f"with its organization {said}" if line.paused_with_all else said
