"""`scout-workers profile retire`: take a version out of use."""

from __future__ import annotations

import click

from scout_workers.cli.console import print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened
from scout_workers.cli.versions import version_of
from scout_workers.store import profiles


@click.command("retire")
@click.argument("version")
@click.option("--organization", help="Whose. Needed only where a name could mean several.")
@click.option("--reason", default="", help="Why, for the history.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, version: str, organization: str | None, reason: str, as_json: bool) -> None:
    """Take VERSION (yard@3) out of use; its analyses stay.

    Was it the active one, new captures of its camera fail until another version is active: to
    change versions, `activate` is enough.
    """
    with opened() as app, app.store.transaction() as tx:
        line = version_of(tx, version, organization)
        changed = profiles.retire(tx, line.id, by=hand(), reason=reason)
    if as_json:
        print_json({"version": line.title, "id": line.id, "changed": changed})
    elif not changed:
        click.echo(f"{line.title} is retired already.")
    else:
        click.echo(f"{line.title} is retired.")
        if line.state == "active":
            click.echo(f"{line.camera} has no active version now: its captures fail.", err=True)
