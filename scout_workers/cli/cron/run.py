"""`scout-workers cron run`: send for a schedule once, now."""

from __future__ import annotations

import click

from scout_workers.cli.cron.view import find
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.scheduling import operating
from scout_workers.store import schedules


@click.command("run")
@click.argument("name")
@verbose_option
def command(*, name: str) -> None:
    """Send for the schedule NAME once, now: a worker runs it as soon as it can.

    Its times are not changed by this, and a pause does not hinder it.
    """
    with opened() as app:
        with app.store.transaction() as tx:
            find(name, (each for each, _ in schedules.all_of_them(tx)))
        run = operating.run_now(app.store, name)
    click.echo(f"Sent {run.actor} for {name}; `scout-workers cron show {name}` lists its runs.")
