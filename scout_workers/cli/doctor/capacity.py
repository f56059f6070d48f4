"""Findings about room: the server's connections against the pools of all workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers import oncall
from scout_workers.cli.doctor.connecting import connected, row, through_pooler
from scout_workers.cli.doctor.findings import ok, warn
from scout_workers.store import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.app import App
    from scout_workers.cli.doctor.findings import Finding


def connections(app: App) -> Iterator[Finding]:
    """Whether the server has room for the workers there are, and for those of the settings."""
    with connected(app) as connection:
        (pid,) = row(connection, "SELECT pg_backend_pid()")
        pooled = through_pooler(connection, pid)
    with app.store.transaction() as tx:
        found, held = server.server(tx), server.connections(tx)
    pools = app.settings.pools
    ours = app.settings.broker.in_postgres
    each = pools.application_size + pools.broker_size * ours
    configured = app.settings.worker.processes
    alive = _alive(app) if ours else 0
    wanted = each * max(configured, alive)
    by_name = ", ".join(
        f"{line.application} {line.connections}"
        for line in held
        if line.application.startswith("scout")
    )
    beside = f" + {pools.broker_size}" if ours else ", besides the broker's own"
    text = (
        f"{found.used} of {found.most} in use ({by_name}); {alive} living "
        f"{'worker' if alive == 1 else 'workers'} may take "
        f"{each * alive}, {configured} of the settings {each * configured} "
        f"({pools.application_size}{beside} each)"
    )
    if pooled:
        yield ok("connections", f"{text}; those are the pooler's to share out")
    elif wanted > found.most:
        yield warn(
            "connections",
            text,
            f"raise the server's max_connections to {wanted + found.used} or more, put PgBouncer "
            "between, or lower SCOUT_POOLS__APPLICATION_SIZE or SCOUT_WORKER__PROCESSES: "
            "`scout-workers doctor pools` says how large the pools need be",
        )
    else:
        yield ok("connections", text)


def _alive(app: App) -> int:
    try:
        return sum(1 for each in oncall.worker_lines(app) if each.state != "dead")
    except Exception as problem:  # noqa: BLE001 - no tables yet: the migrations' finding says so
        del problem
        return 0
