"""`scout-workers embeddings retire`: remove the index and the vectors of a model."""

from __future__ import annotations

import click

from scout_workers.app import embedding_changes
from scout_workers.cli.embeddings.names import mistakes, model_name
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened


@click.command("retire")
@click.argument("model")
@verbose_option
def command(*, model: str) -> None:
    """Remove the index and the vectors of MODEL, a page at a time; it must not be asked.

    May be stopped and run again. What was paid for its vectors stays in the ledger, and its answers
    for as long as answers are kept.
    """
    with opened(migrate=False) as app, mistakes():
        removed: list[int] = []
        gone = embedding_changes.retire(app, model_name(model), removed.append)
    click.echo(f"{gone.name} is retired; {sum(removed):,} rows were removed.")
