"""Queues, workers and connections of an overview, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from scout_workers.cli.tables import Column, right, show_table
from scout_workers.cli.words import duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from scout_workers.oncall import Overview, QueueLine
    from scout_workers.store.figures import PoolFigures
    from scout_workers.store.server import Connections

_OURS = "scout"
_MILLI = 1000
_POOLS = (
    Column("pool"),
    *right("in use", "open", "of at most", "waited (p99)", "held (p99)"),
)


def show_queues(console: Console, overview: Overview, growth: Mapping[str, float] | None) -> None:
    """Print what queues hold; those that hold nothing are only counted."""
    said = [each for each in overview.queues if _is_worth_a_line(each)]
    if not said:
        console.print("Queues: empty.\n")
        return
    count = overview.count
    columns = (
        Column("queue"),
        *right("ready", "scheduled", "leased", "slots", "limit", "dead", "oldest"),
        *(right("a second") if growth is not None else ()),
        Column("", style=lambda value: "yellow" if value else ""),
    )
    rows = [
        (
            *(each.queue, count(each.ready), count(each.scheduled)),
            *(count(each.leased), each.slots, each.limit, count(each.dead)),
            duration(each.oldest_ready_seconds),
            *((_growth(growth.get(each.queue)),) if growth is not None else ()),
            "paused" if each.paused_by is not None else "",
        )
        for each in said
    ]
    show_table(console, "Queues", columns, rows)
    quiet = len(overview.queues) - len(said)
    if quiet:
        console.print(Text(f"and {quiet} that hold nothing", style="dim"))
    console.print()


def _is_worth_a_line(queue: QueueLine) -> bool:
    said = queue.paused_by is not None or queue.limit is not None
    return bool(queue.waits or queue.dead or said)


def show_workers(console: Console, overview: Overview) -> None:
    """Print who works."""
    if not overview.workers:
        console.print("Workers: none is running; start one with `scout-workers worker`.\n")
        return
    columns = (
        Column("worker"),
        *right("heartbeat", "leased", "threads"),
        Column("state", style=lambda value: "red" if value == "dead" else ""),
        Column("version"),
        Column("queues", fold=True),
    )
    every = {queue.queue for queue in overview.queues if queue.slots is not None}
    rows = [
        (
            f"{each.host}:{each.pid}",
            duration(each.heartbeat_seconds),
            *(each.leased, each.threads, each.state, each.version),
            "all" if every <= set(each.queues) else each.queues,
        )
        for each in overview.workers
    ]
    show_table(console, "Workers", columns, rows)
    console.print()


def show_connections(console: Console, overview: Overview) -> None:
    """Print who holds connections."""
    ours = [each for each in overview.connections if each.application.startswith(_OURS)]
    columns = (
        Column("connections"),
        *right("open", "active", "idle", "in transaction", "for"),
    )
    rows = [_connection(each) for each in ours]
    server = overview.server
    others = sum(each.connections for each in overview.connections) - sum(
        each.connections for each in ours
    )
    rows.append(("others here", others, None, None, None, None))
    show_table(console, "", columns, rows)
    console.print(Text(f"{server.used} of the server's {server.most} are in use", style="dim"))
    console.print()
    if overview.pools:
        show_table(console, "", _POOLS, [_pool(each) for each in overview.pools])
        console.print()


def _pool(each: PoolFigures) -> tuple[object, ...]:
    return (
        *(f"{each.host}:{each.pid} {each.pool}", each.in_use, each.size, each.max_size),
        *(f"{each.wait_p99 * _MILLI:.1f} ms", f"{each.hold_p99 * _MILLI:.1f} ms"),
    )


def _connection(each: Connections) -> tuple[object, ...]:
    return (
        *(each.application, each.connections, each.active, each.idle, each.in_transaction),
        duration(each.in_transaction_seconds),
    )


def _growth(a_second: float | None) -> str | None:
    return None if a_second is None else f"{a_second:+.1f}"
