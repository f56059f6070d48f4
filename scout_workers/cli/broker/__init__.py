"""`scout-workers broker`: look after the broker; one file a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.lazy import Door, Doors

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, Door] = {
    "adopt": Door("adopt", "Move the undelivered messages of another broker into ours."),
    "health": Door("health", "Show how the broker is, what needs a hand, and what to do."),
    "abort": Door("abort", "End messages by their ids, whether they wait or run."),
    "acts": Door("acts", "List what was done by hand, by whom and when."),
}


@click.command("broker", cls=Doors, package=__name__, doors=COMMANDS)
def command() -> None:
    """Look after the broker, and bring messages over from another one."""
