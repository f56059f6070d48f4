"""`scout-workers profile activate`: have new captures analysed for a version."""

from __future__ import annotations

import click

from scout_workers.cli.console import print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened
from scout_workers.cli.versions import version_of
from scout_workers.store import profiles


@click.command("activate")
@click.argument("version")
@click.option("--organization", help="Whose. Needed only where a name could mean several.")
@click.option("--reason", default="", help="Why, for the history.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, version: str, organization: str | None, reason: str, as_json: bool) -> None:
    """Make VERSION (yard@3) its camera's active one; the one before it is retired.

    New captures are analysed for it from now on. Nothing is analysed again by itself:
    `analyses rerun` does that.
    """
    with opened() as app, app.store.transaction() as tx:
        line = version_of(tx, version, organization)
        changed = profiles.activate(tx, line.id, by=hand(), reason=reason)
    if as_json:
        print_json({"version": line.title, "id": line.id, "changed": changed})
    elif changed:
        click.echo(f"{line.title} is active: new captures of {line.camera} are analysed for it.")
    else:
        click.echo(f"{line.title} is active already.")
