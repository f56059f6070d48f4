"""`scout-workers cron`: look after what runs by the clock, or be the one who looks at the clock."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import plain
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.lazy import Door, Doors
from scout_workers.cli.opening import announce, opened
from scout_workers.middleware import log_format
from scout_workers.scheduling import Loop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scout_workers.app import App

COMMANDS: Mapping[str, Door] = {
    "list": Door("listing", "List the schedules: when each ran last and runs next."),
    "show": Door("show", "Show one schedule, its latest runs and its next ones."),
    "next": Door("upcoming", "Show the next runs, by the clock they are scheduled by."),
    "pause": Door("pause", "Send nothing for a schedule until it is resumed."),
    "resume": Door("resume", "End a pause; what passed during it is not made up for."),
    "run": Door("run", "Send for a schedule once, now."),
}


@click.group("cron", cls=Doors, package=__name__, doors=COMMANDS, invoke_without_command=True)
@click.option("--once", is_flag=True, help="Look at the clock once: for a system's crontab.")
@click.pass_context
@verbose_option
def command(ctx: click.Context, *, once: bool) -> None:
    """Look after what runs by the clock (settings/schedule.toml).

    Without a command: look at the clock until told to stop (Ctrl-C, SIGTERM), and send what is due
    to the workers. Workers do so themselves unless SCOUT_CRON__IN_WORKERS=false; any number of
    schedulers together send each time once.

    A system's crontab can do it too, once a minute:

        * * * * *  scout-workers cron --once
    """
    if ctx.invoked_subcommand is not None:
        if once:
            raise click.UsageError("--once goes with no command.")
        return
    with opened() as app:
        app.synchronise_schedule()
        if once:
            _look_once(app)
        else:
            _look_on(app)


def _look_once(app: App) -> None:
    tick = app.scheduler.tick()
    for run in tick.sent:
        click.echo(f"Sent {run.schedule} for {plain(run.scheduled_for)}.")
    if not tick.sent:
        then = f"; the next time is {plain(tick.next_at)}" if tick.next_at else ""
        click.echo(f"Nothing is due{then}.")


def _look_on(app: App) -> None:
    log_format.set_up(app.settings.logging.level, app.settings.logging.format)
    loop = Loop(app.scheduler.run_once)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.stop())
    announce(
        f"Looking at the clock for {len(app.settings.schedule)} schedules, at least every "
        f"{app.settings.cron.look_seconds:g} s. Ctrl-C to stop."
    )
    loop.run()
