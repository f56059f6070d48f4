"""`scout-workers embeddings switch`: have a model that is built asked from now on."""

from __future__ import annotations

import click

from scout_workers.app import embedding_changes
from scout_workers.cli.embeddings.names import mistakes, model_name
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened


@click.command("switch")
@click.argument("model")
@click.option("--force", is_flag=True, help="Even though it has not embedded everything yet.")
@verbose_option
def command(*, model: str, force: bool) -> None:
    """Have MODEL asked by searches from now on, in one commit.

    The model that was asked is retired: it is fed no more, and its vectors lie there until
    `scout-workers embeddings retire` removes them; until then it may be built on and switched back
    to.
    """
    with opened(migrate=False) as app, mistakes():
        asked = embedding_changes.switch(app, model_name(model), force=force)
    click.echo(f"Searches ask {asked.name}.")
