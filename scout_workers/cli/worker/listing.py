"""`scout-workers worker list`: worker processes, and what each is at."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.operating import broker_of
from scout_workers.cli.tables import Column, short, show_table
from scout_workers.cli.words import duration
from scout_workers.cli.worker.processes import dead_after, state_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.app.operating import LeaseRow, WorkerRow


@click.command("list")
@click.option("--messages", is_flag=True, help="Also each message a process is at, and since when.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, messages: bool, as_json: bool) -> None:
    """List worker processes, on whatever machines: how they are, and what each is at.

    Busy: the messages it has claimed, and for how long it has had the oldest of them. A process
    that is dead was not heard of for too long; others take over what it had.
    """
    with opened(migrate=False) as app:
        broker = broker_of(app)
        workers, leases = broker.workers(), broker.fleet.leases()
        silence = dead_after(app)
    if as_json:
        print_json(
            [
                asdict(worker)
                | {"state": state_of(worker, silence), "messages": _of(worker, leases)}
                for worker in workers
            ]
        )
    elif not workers:
        click.echo("No worker is running; start one: scout-workers worker", err=True)
    else:
        _show_workers(workers, leases, silence)
        if messages:
            click.echo()
            _show_messages(workers, leases)


def _of(worker: WorkerRow, leases: Sequence[LeaseRow]) -> list[LeaseRow]:
    mine = [lease for lease in leases if lease.owner == worker.id]
    return sorted(mine, key=lambda lease: -lease.seconds)


def _show_workers(workers: Sequence[WorkerRow], leases: Sequence[LeaseRow], silence: float) -> None:
    columns = (
        *(Column(name) for name in ("worker", "id")),
        Column("state", style=lambda value: "red" if value == "dead" else ""),
        *(Column(name, right=True) for name in ("heartbeat", "threads", "busy")),
        *(Column(name) for name in ("longest", "since", "version")),
        Column("queues", fold=True),
    )
    rows = []
    for worker in workers:
        longest = next(iter(_of(worker, leases)), None)
        at = "-" if longest is None else f"{duration(longest.seconds)}: {longest.actor}"
        rows.append(
            (
                f"{worker.host}:{worker.pid}",
                *(short(worker.id), state_of(worker, silence), duration(worker.heartbeat_age)),
                *(worker.threads, worker.leased, at, worker.started_at),
                *(worker.version, worker.queues),
            )
        )
    show_table(output(), "", columns, rows)


def _show_messages(workers: Sequence[WorkerRow], leases: Sequence[LeaseRow]) -> None:
    columns = (
        *(Column(name) for name in ("worker", "queue", "actor", "message")),
        *(Column(name, right=True) for name in ("attempt", "for")),
        Column("since"),
    )
    rows = [
        (
            *(f"{worker.host}:{worker.pid}", lease.queue, lease.actor, lease.message_id),
            *(lease.attempt, duration(lease.seconds), lease.leased_at),
        )
        for worker in workers
        for lease in _of(worker, leases)
    ]
    show_table(output(), "", columns, rows)
