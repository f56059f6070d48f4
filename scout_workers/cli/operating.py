"""The broker that operators' commands are for, and what they have in common."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scout_workers.app import operating
from scout_workers.cli.broker_view import name_of
from scout_workers.cli.errors import UsageMistakeError

if TYPE_CHECKING:
    from scout_workers.app import App
    from scout_workers.app.operating import PostgresBroker


def broker_of(app: App) -> PostgresBroker:
    """Return the broker, where it is ours to be handled.

    Raises:
        UsageMistakeError: It is another one.
    """
    broker = operating.handled(app)
    if broker is None:
        raise UsageMistakeError(
            f"{name_of(app.broker)} keeps its messages elsewhere; ask it there."
        )
    return broker


def confirmed(question: str) -> None:
    """Ask whoever sits at the terminal; a no stops the command.

    Raises:
        UsageMistakeError: Nobody sits there.
        click.Abort: They said no.
    """
    if not sys.stdin.isatty():
        raise UsageMistakeError(f"{question} Nobody is at a terminal to say so: add --yes.")
    click.confirm(question, abort=True, err=True)
