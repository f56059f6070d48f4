"""`scout-workers embeddings list`: what each embedding model is for, and how far it has come."""

from __future__ import annotations

import click

from scout_workers.app import embedding_changes
from scout_workers.cli.console import output, print_json
from scout_workers.cli.embeddings.names import mistakes
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_table
from scout_workers.cli.words import size

_COLUMNS = (
    Column("model", fold=True),
    Column("state"),
    Column("dimensions", right=True),
    Column("vectors", right=True),
    Column("waiting", right=True),
    Column("refused", right=True),
    Column("index", right=True),
)


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, as_json: bool) -> None:
    """List embedding models: what each is for, and how far it has come.

    active: asked by searches. building: fed, and not asked yet. retired: neither.
    """
    with opened(migrate=False) as app, mistakes():
        lines = embedding_changes.models(app)
    if as_json:
        print_json(lines)
    elif not lines:
        click.echo("There is no embedding model yet.", err=True)
    else:
        rows = [
            (
                line.model.name,
                line.model.state,
                line.model.dimensions,
                f"{line.vectors:,}",
                f"{line.waiting:,}",
                f"{line.refused:,}",
                None if line.index_bytes is None else size(line.index_bytes),
            )
            for line in lines
        ]
        show_table(output(), "", _COLUMNS, rows)
