"""`scout-workers queue`: what workers may claim, said while they run; one file a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.lazy import Door, Doors

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, Door] = {
    "list": Door("listing", "List queues: what they hold, their limits, their pauses."),
    "pause": Door("pause", "Let workers claim nothing more of a queue."),
    "resume": Door("resume", "Let them claim again."),
    "limit": Door("limit", "Limit how many of a queue's messages run at once."),
}


@click.command("queue", cls=Doors, package=__name__, doors=COMMANDS)
def command() -> None:
    """Stop queues, let them go on and limit them while workers run; nothing is restarted.

    What is being worked on always comes to its end. Messages wait meanwhile, none is lost and no
    retry is spent. Who said what is on record: `scout-workers broker acts --subject QUEUE`.
    """
