"""`scout-workers cron pause`: nothing is sent for a schedule until it is resumed."""

from __future__ import annotations

import getpass

import click

from scout_workers.cli.cron.view import find
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.scheduling import operating
from scout_workers.store import schedules


@click.command("pause")
@click.argument("name")
@verbose_option
def command(*, name: str) -> None:
    """Send nothing for the schedule NAME until it is resumed, whatever the settings say.

    What was sent already is not stopped: `scout-workers broker abort` does that.
    """
    with opened(migrate=False) as app:
        with app.store.transaction() as tx:
            find(name, (each for each, _ in schedules.all_of_them(tx)))
        news = operating.pause(app.store, name, _who())
    click.echo(f"{name} is paused." if news else f"{name} was paused already.")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return "somebody"
