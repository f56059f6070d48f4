"""`scout-workers status`: how much is done, waiting and failed, and who works on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.broker_view import name_of, queue_lines, tells, worker_lines
from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_table
from scout_workers.cli.words import dollars, duration, state_style
from scout_workers.store import costs, reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from scout_workers.cli.broker_view import QueueLine, WorkerLine
    from scout_workers.store.costs import Deferred
    from scout_workers.store.reports import Count

_ORDER = (
    *("received", "readable", "unreadable", "missing", "expired"),
    *("waiting", "pending", "running", "deferred", "completed", "failed", "skipped"),
    *("started", "succeeded", "in_doubt", "void"),
)


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, as_json: bool) -> None:
    """Show how much is done, waiting and failed, and who works on it."""
    with opened(migrate=False) as app:
        with app.store.transaction() as tx:
            counts, held = reports.counts(tx), costs.deferred(tx)
        broker = app.broker
        queues, workers = queue_lines(broker), worker_lines(broker)
        pulse = app.settings.broker.heartbeat_seconds
        dead_after = pulse * app.settings.broker.dead_after_missed
    counts.sort(key=lambda count: (count.subject, _place(count.state)))
    if as_json:
        print_json({"counts": counts, "deferred": held, "queues": queues, "workers": workers})
        return
    console = output()
    for subject, title in (("captures", "Captures"), ("analyses", "Analyses")):
        _show_counts(console, title, [each for each in counts if each.subject == subject])
    _show_deferred(console, held)
    _show_calls(console, [each for each in counts if each.subject == "calls"])
    if tells(broker):
        _show_queues(console, queues)
        _show_workers(console, workers, dead_after)
    else:
        console.print(f"{name_of(broker)} does not tell what its queues hold.")


def _place(state: str) -> int:
    return _ORDER.index(state) if state in _ORDER else len(_ORDER)


def _show_counts(console: Console, title: str, counts: Sequence[Count]) -> None:
    if not counts:
        console.print(f"{title}: none yet.\n")
        return
    columns = (Column("state", style=state_style), Column("count", right=True))
    show_table(console, title, columns, [(each.state, each.count) for each in counts])
    console.print()


def _show_deferred(console: Console, held: Sequence[Deferred]) -> None:
    if held:
        columns = (Column("deferred"), Column("count", right=True), Column("because", fold=True))
        rows = [(each.error_class, each.count, each.detail) for each in held]
        show_table(console, "Deferred analyses", columns, rows)
        console.print()


def _show_calls(console: Console, counts: Sequence[Count]) -> None:
    if not counts:
        console.print("Model calls: none yet.\n")
        return
    columns = (
        Column("status", style=state_style),
        Column("count", right=True),
        Column("cost", right=True),
    )
    rows = [(each.state, each.count, dollars(each.cost_microdollars)) for each in counts]
    show_table(console, "Model calls", columns, rows)
    console.print()


def _show_queues(console: Console, queues: Sequence[QueueLine]) -> None:
    if not queues:
        console.print("Queues: empty.\n")
        return
    columns = (
        Column("queue"),
        *(Column(name, right=True) for name in ("ready", "scheduled", "leased", "dead")),
        Column("oldest ready", right=True),
        Column(""),
    )
    rows = [
        (
            each.queue,
            each.ready,
            each.scheduled,
            each.leased,
            each.dead,
            duration(each.oldest_ready_seconds),
            "paused" if each.paused else "",
        )
        for each in queues
    ]
    show_table(console, "Queues", columns, rows)
    console.print()


def _show_workers(console: Console, workers: Sequence[WorkerLine], dead_after: float) -> None:
    if not workers:
        console.print("Workers: none is running; start one with `scout-workers worker`.")
        return
    columns = (
        Column("worker"),
        Column("heartbeat", right=True),
        Column("leased", right=True),
        Column("threads", right=True),
        Column("state", style=lambda value: "red" if value == "dead" else ""),
        Column("queues", fold=True),
    )
    rows = [
        (
            f"{each.host}:{each.pid}",
            duration(each.heartbeat_age),
            each.leased,
            each.threads,
            each.state(dead_after),
            each.queues,
        )
        for each in workers
    ]
    show_table(console, "Workers", columns, rows)
