"""`scout-workers embeddings build`: embed every text with another model."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from scout_workers.app import embedding_changes
from scout_workers.cli.counting import Counting
from scout_workers.cli.embeddings.names import mistakes, model_name
from scout_workers.cli.errors import STOPPED, verbose_option
from scout_workers.cli.opening import opened

if TYPE_CHECKING:
    from scout_workers.app import App
    from scout_workers.domain.embedding_models import EmbeddingModel

_LOOK_SECONDS = 1.0


@click.command("build")
@click.argument("model")
@click.option(
    "--dimensions",
    type=click.IntRange(min=1, max=4000),
    help="How many numbers its vectors have, where that is not known here.",
)
@click.option("--wait/--no-wait", default=True, help="Until all is embedded; the default.")
@verbose_option
def command(*, model: str, dimensions: int | None, wait: bool) -> int | None:
    """Embed every text with MODEL, while searches ask the one that is active.

    Makes its index, and has every text embedded that it does not have: by workers, on the queue
    `backfill`, behind live work and within budgets and limits. New texts go to both models. May be
    stopped and run again. Then: scout-workers embeddings switch MODEL.
    """
    name = model_name(model)
    with opened(migrate=False) as app:
        try:
            with mistakes():
                built = embedding_changes.build(app, name, dimensions)
                left = _wait(app, built) if wait else embedding_changes.progress(app, built)
        except KeyboardInterrupt:
            click.echo("Stopped waiting; workers go on. Run the same command again.", err=True)
            return STOPPED
    refused = f", {left.refused:,} texts were refused" if left.refused else ""
    if left.missing:
        click.echo(f"{built.name}: {left.missing:,} texts are being embedded{refused}.")
    else:
        click.echo(f"{built.name} has embedded everything{refused}.")
        click.echo(f"Now: scout-workers embeddings switch {built.name}")
    return None


def _wait(app: App, model: EmbeddingModel) -> embedding_changes.Progress:
    left = embedding_changes.progress(app, model)
    if left.missing:
        click.echo("Workers embed the texts (scout-workers worker); waiting for them.", err=True)
    with Counting("embedding", left.missing) as bar:
        while left.missing:
            time.sleep(_LOOK_SECONDS)
            left = embedding_changes.progress(app, model)
            bar.left(left.missing)
    return left
