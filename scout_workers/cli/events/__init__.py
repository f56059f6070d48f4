"""`scout-workers events`: who was told of what; one file a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.lazy import Door, Doors

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, Door] = {
    "targets": Door("targets", "List the targets: how each is, and what waits for it."),
    "list": Door("listing", "List deliveries of events to targets, newest first."),
    "show": Door("show", "Show one event and whom it was told."),
    "retry": Door("retry", "Try once more what was given up."),
    "test": Door("test", "Tell a target of an event made up for it, now."),
}


@click.group("events", cls=Doors, package=__name__, doors=COMMANDS)
def command() -> None:
    """See who was told of what, try again what was given up, try out a target.

    Targets are webhooks and SNS topics that the settings name ([events.targets.NAME]).
    """
