"""`scout-workers dead`: messages that nobody will try again by itself; one file a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.lazy import Door, Doors

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, Door] = {
    "list": Door("listing", "Count dead messages by what killed them, or list them singly."),
    "show": Door("show", "Show one: what it was about, what killed it, its attempts."),
    "retry": Door("retry", "Give some another life, once the cause is mended."),
    "drop": Door("drop", "Delete some for good."),
}


@click.command("dead", cls=Doors, package=__name__, doors=COMMANDS)
def command() -> None:
    """Look after dead messages: those that nobody will try again by itself.

    `list` says what killed them, the most frequent first. Mend that, try one (`retry ID`), then all
    that died of the same (`retry --like ID`). What nobody wants back goes by itself after
    broker.keep_dead_days. Who retried or dropped what is on record: `scout-workers broker acts`.
    """
