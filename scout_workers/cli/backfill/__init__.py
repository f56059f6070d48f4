"""`scout-workers backfill`: history analysed in the background; one file a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.lazy import Door, Doors

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, Door] = {
    "plan": Door("plan", "Show what a backfill would do, cost and take; change nothing."),
    "run": Door("run", "Begin a backfill and watch it; it goes on in the workers."),
    "status": Door("status", "Show how far backfills are, and what holds them back."),
    "list": Door("listing", "List backfills, newest first."),
    "pause": Door("pause", "Feed nothing more until it is resumed."),
    "resume": Door("resume", "Go on with a paused one, or change what holds it back."),
    "cancel": Door("cancel", "Feed nothing more, for good."),
}


@click.command("backfill", cls=Doors, package=__name__, doors=COMMANDS)
def command() -> None:
    """Have history analysed in the background, never in the way of live captures.

    `plan` says what it would take. `run` begins it: the workers feed themselves from there on, a
    few hundred captures at a time, whoever watches or not; killed anywhere it goes on where it was.
    """
