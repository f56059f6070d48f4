"""`scout-workers profile generate`: have a draft proposed from the camera's own pictures."""

from __future__ import annotations

import click

from scout_workers import messages
from scout_workers.cli.console import print_json
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.naming import camera_of
from scout_workers.cli.opening import opened
from scout_workers.store import profile_generations

_LONGEST = 4_000


@click.command("generate")
@click.argument("camera")
@click.option("--organization", help="Whose. Needed only where a name could mean several.")
@click.option("--wishes", default="", help="What you would like watched, in your words.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, camera: str, organization: str | None, wishes: str, as_json: bool) -> None:
    """Have a draft proposed for CAMERA, from pictures of it that differ most.

    A worker reads up to 48 pictures of all hours of the day, and asks the model of
    [models.propose_profile] about up to eight of them. What comes of it is a draft, with the
    reasoning in its history: look at it, try it with `eval`, make it active or leave it.
    """
    if len(wishes) > _LONGEST:
        raise UsageMistakeError(f"The wishes are longer than {_LONGEST:,} characters.")
    with opened() as app, app.store.transaction() as tx:
        found = camera_of(tx, camera, organization)
        generation_id, new = profile_generations.ask(
            tx, found.organization.id, found.id, wishes=wishes.strip(), by=hand()
        )
        if new:
            messages.generate_profile(generation_id).send(tx)
    if as_json:
        print_json({"generation": generation_id, "new": new})
    elif new:
        click.echo(
            f"A worker will propose a draft. To see it: scout-workers profile list --camera "
            f"{found.name}"
        )
    else:
        click.echo("A proposal for this camera is under way already.")
