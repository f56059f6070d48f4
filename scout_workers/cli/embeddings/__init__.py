"""`scout-workers embeddings`: look after the model that makes vectors; one file a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.lazy import Door, Doors

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, Door] = {
    "list": Door("listing", "List embedding models: what each is for, and how far it has come."),
    "build": Door("build", "Embed every text with another model, while the old one is asked."),
    "switch": Door("switch", "Have a model that is built asked from now on."),
    "retire": Door("retire", "Remove the index and the vectors of a model that is not asked."),
    "retry": Door("retry", "Have the texts that a model refused embedded again."),
}


@click.command("embeddings", cls=Doors, package=__name__, doors=COMMANDS)
def command() -> None:
    """Look after the model that makes vectors, and change it while it is searched.

    A model is written as provider/model: local/lexical-hash-v1, openai/text-embedding-3-small.
    """
