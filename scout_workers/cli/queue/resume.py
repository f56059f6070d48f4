"""`scout-workers queue resume`: a queue is claimed from again."""

from __future__ import annotations

import click

from scout_workers.cli.console import plain
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened
from scout_workers.cli.operating import broker_of
from scout_workers.cli.queue.known import look_seconds, the_queue


@click.command("resume")
@click.argument("queue")
@verbose_option
def command(*, queue: str) -> None:
    """Let workers claim from a queue again. Its limits stay."""
    with opened(migrate=False) as app:
        broker = broker_of(app)
        there = the_queue(app, broker, queue)
        was_paused = broker.controls.resume(queue, hand())
        seconds = look_seconds(app)
    if not was_paused:
        click.echo(f"{plain(queue)} was not paused.")
        return
    served = "" if there.processes else " No worker serves it: start one, scout-workers worker."
    nothing = " Its fleet's limit is 0: nothing runs until that is raised." * (
        there.fleet_limit == 0
    )
    click.echo(
        f"{plain(queue)} is claimed from again within {seconds:g} s; {there.ready:,} wait."
        f"{served}{nothing}"
    )
