"""`scout-workers organization`: whose cameras they are."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import click

from scout_workers.cli import pausing
from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.naming import name_option, organization_of
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, short, show_fields, show_table
from scout_workers.cli.words import local
from scout_workers.store import organizations, report_places, switches

_COLUMNS = (
    Column("organization", fold=True),
    Column("time zone"),
    Column("cameras", right=True),
    Column("captures", right=True),
    Column("since"),
    Column("id"),
)


@click.group("organization")
def command() -> None:
    """Look after organizations: whose cameras, captures and costs they are.

    Nothing links two of them. One that is paused costs nothing until it is resumed.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def list_organizations(*, as_json: bool) -> None:
    """List organizations with what they have."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        lines = report_places.organizations(tx)
    if as_json:
        print_json(lines)
    elif not lines:
        click.echo("There is no organization yet.", err=True)
    else:
        rows = [
            (
                line.name,
                line.time_zone,
                line.cameras,
                line.captures,
                local(line.created_at, line.time_zone),
                short(line.id),
            )
            for line in lines
        ]
        pauses = [pausing.said(line.paused_by, line.paused_reason) for line in lines]
        show_table(output(), "", *pausing.beside(_COLUMNS, rows, pauses))


@command.command("add")
@click.argument("name", callback=name_option)
@click.option("--time-zone", default="UTC", show_default=True, help="Like Europe/Berlin.")
@verbose_option
def add(*, name: str, time_zone: str) -> None:
    """Add an organization of that NAME; one that is there stays as it is."""
    zone = _zone(time_zone)
    with opened() as app, app.store.transaction() as tx:
        known = {each.name for each in organizations.everyone(tx)}
        organization_id = organizations.find_or_create(tx, name)
        if name not in known:
            organizations.set_time_zone(tx, organization_id, zone)
    click.echo(f"{name} is there already." if name in known else f"{name} is added.")


@command.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def show(*, name: str, as_json: bool) -> None:
    """Show the organization of that NAME with its cameras."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        found = organization_of(tx, name)
        (line,) = report_places.organizations(tx, found.name)
        cameras = report_places.cameras(tx, found.id)
    if as_json:
        print_json({"organization": line, "cameras": cameras})
        return
    show_fields(
        output(),
        [
            ("organization", line.name),
            ("id", line.id),
            ("time zone", line.time_zone),
            ("since", local(line.created_at, line.time_zone)),
            *pausing.field(pausing.said(line.paused_by, line.paused_reason)),
            ("captures", line.captures),
            ("cameras", [each.name for each in cameras]),
        ],
    )


@command.command("set-time-zone")
@click.argument("name")
@click.argument("zone")
@verbose_option
def set_time_zone(*, name: str, zone: str) -> None:
    """Say where the clock of the organization NAME stands: ZONE is like Europe/Berlin.

    Days and hours of summaries are told by it; pictures keep their moments.
    """
    wanted = _zone(zone)
    with opened() as app, app.store.transaction() as tx:
        found = organization_of(tx, name)
        changed = organizations.set_time_zone(tx, found.id, wanted)
    was = f", it was {found.time_zone}" if changed else " already"
    click.echo(f"The time zone of {plain(name)} is {wanted}{was}.")


@command.command("pause")
@click.argument("name")
@pausing.reason_option
@verbose_option
def pause(*, name: str, reason: str) -> None:
    """Ask no model anything for the organization NAME until it is resumed: its kill switch.

    Pictures still come in, and calls under way come to their end. What would be asked is deferred
    with the reason: no retry is spent, no worker waits, nothing is lost.
    """
    with opened(migrate=False) as app, app.store.transaction() as tx:
        found = organization_of(tx, name)
        said = pausing.pause(tx, switches.organization(found.id), found.name, reason)
    click.echo(said)


@command.command("resume")
@click.argument("name")
@verbose_option
def resume(*, name: str) -> None:
    """End the pause of the organization NAME.

    Its cameras that were paused by themselves stay paused.
    """
    with opened(migrate=False) as app, app.store.transaction() as tx:
        found = organization_of(tx, name)
        said = pausing.resume(tx, switches.organization(found.id), found.name)
    click.echo(said)


def _zone(name: str) -> str:
    if name.upper() == "UTC":
        return str(UTC)
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise UsageMistakeError(
            f"Nobody knows the time zone {plain(name)!r}: write it like Europe/Berlin."
        ) from None
    return name
