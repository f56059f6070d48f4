"""`scout-workers embeddings retry`: have the texts that a model refused embedded again."""

from __future__ import annotations

import click

from scout_workers.app import embedding_changes
from scout_workers.cli.embeddings.names import mistakes, model_name
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened


@click.command("retry")
@click.argument("model")
@verbose_option
def command(*, model: str) -> None:
    """Have the texts that MODEL refused embedded again, once the cause is mended."""
    with opened(migrate=False) as app, mistakes():
        count = embedding_changes.retry(app, model_name(model))
    click.echo(f"{count:,} texts wait for {model} again.")
