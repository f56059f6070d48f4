"""`scout-workers alive`: whether the worker beside this command works, for its supervisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.app import alive
from scout_workers.cli.console import print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.words import duration

if TYPE_CHECKING:
    from scout_workers.app.alive import Pulses


@click.command("alive")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, as_json: bool) -> int:
    """Say whether the worker processes of this container (or machine) are at work.

    For a HEALTHCHECK or a liveness probe: one connection, one statement that reads a handful of
    rows. Exits with 1 if no worker process is registered here, or one was not heard of for
    broker.heartbeat_seconds times broker.dead_after_missed.

    While the database is away it exits with 0: a worker that waits for it is well, and to start it
    anew would only drop the calls it waits for.
    """
    with opened(migrate=False) as app:
        pulses = alive.look(app)
    if as_json:
        print_json({"good": pulses is None or pulses.good, "pulses": pulses})
    else:
        click.echo(_sentence(pulses))
    return DONE if pulses is None or pulses.good else BAD_INPUT


def _sentence(pulses: Pulses | None) -> str:
    if pulses is None:
        return "Nobody can tell: the database is away, or the broker keeps no heartbeats."
    if not pulses.workers:
        return "No worker process is registered here."
    silent = [f"{each.pid} for {duration(each.heartbeat_age)}" for each in pulses.silent]
    if silent:
        return f"Not heard of: process {', '.join(silent)}."
    latest = max(each.heartbeat_age for each in pulses.workers)
    draining = any(each.draining for each in pulses.workers)
    count = len(pulses.workers)
    which = "1 worker process is" if count == 1 else f"{count} worker processes are"
    return f"{which} alive{', and draining' if draining else ''}: heard of {duration(latest)} ago."
