"""`scout-workers queue list`: queues, what they hold, and what was said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.operating import broker_of
from scout_workers.cli.queue.known import known
from scout_workers.cli.tables import Column, show_table
from scout_workers.cli.words import duration

if TYPE_CHECKING:
    from scout_workers.cli.queue.known import KnownQueue


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, as_json: bool) -> None:
    """List queues: what they hold, who serves them, their limits and their pauses.

    A process: how many of its messages one worker process may hold, by the settings or as it was
    limited. Fleet: how many all of them together may.
    """
    with opened(migrate=False) as app:
        queues = known(app, broker_of(app))
    if as_json:
        print_json(queues)
        return
    columns = (
        Column("queue"),
        *(Column(name, right=True) for name in ("ready", "scheduled", "leased", "dead")),
        Column("oldest ready", right=True),
        *(Column(name, right=True) for name in ("served by", "a process", "fleet")),
        Column("paused", fold=True, style=lambda value: "yellow" if value else ""),
    )
    rows = [
        (
            *(each.queue, each.ready, each.scheduled, each.leased, each.dead),
            *(duration(each.oldest_ready_seconds), each.processes, _slots(each)),
            *(each.fleet_limit, _pause(each)),
        )
        for each in queues
    ]
    show_table(output(), "", columns, rows)


def _slots(queue: KnownQueue) -> str:
    own = "any" if queue.slots is None else str(queue.slots)
    return own if queue.process_limit is None else f"{queue.process_limit} (not {own})"


def _pause(queue: KnownQueue) -> str:
    if queue.paused_at is None:
        return ""
    until = f" until {plain(queue.paused_until)}" if queue.paused_until else ""
    because = f": {queue.paused_because}" if queue.paused_because else ""
    return f"by {queue.paused_by} at {plain(queue.paused_at)}{until}{because}"
