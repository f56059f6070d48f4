"""`scout-workers cron resume`: a pause ends."""

from __future__ import annotations

import click

from scout_workers.cli.console import plain
from scout_workers.cli.cron.view import coming, find, on_its_clock
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.scheduling import operating
from scout_workers.store import schedules


@click.command("resume")
@click.argument("name")
@verbose_option
def command(*, name: str) -> None:
    """End the pause of the schedule NAME; what passed during it is not made up for."""
    with opened(migrate=False) as app:
        with app.store.transaction() as tx:
            find(name, (each for each, _ in schedules.all_of_them(tx)))
        news = operating.resume(app.store, name)
        with app.store.transaction() as tx:
            schedule = find(name, (each for each, _ in schedules.all_of_them(tx)))
    following = [plain(on_its_clock(each, schedule)) for each in coming(schedule, 1)]
    then = f"its next run is {following[0]}" if following else f"but it is {schedule.state}"
    click.echo(f"{name} is resumed: {then}." if news else f"{name} was not paused: {then}.")
