"""What a process measures of its pools, told to the database and read back as advice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scout_workers.app.figures import Figures
from scout_workers.oncall import look, sizing
from scout_workers.store import figures

if TYPE_CHECKING:
    from fix_cli import CommandLine
    from fix_store import Database

    from scout_workers.app import App

HOLDS = 150


def test_what_was_measured_is_told_once_a_process_and_kept_for_a_week(
    wondering: App, database: Database, cli: CommandLine
) -> None:
    told = Figures(lambda: wondering.store, lambda: [wondering.pool])
    told.run_once()
    database.rows(
        "INSERT INTO scout.pool_figures SELECT gen_random_uuid(), pool, host, pid, since,"
        " now() - interval '8 days', size, in_use, max_size, checkouts, wait_seconds, wait_p99,"
        " hold_seconds, hold_p99, busiest FROM scout.pool_figures"
    )
    for _ in range(HOLDS):
        with wondering.pool.connection() as connection:
            connection.execute("SELECT 1")
    assert told.run_once() > 0

    with wondering.store.transaction() as tx:
        (found,) = figures.lately(tx, 60.0)
    assert (found.pool, found.max_size) == ("scout_app", 10)
    assert found.checkouts >= HOLDS
    assert found.hold_seconds > 0
    assert database.value("SELECT count(*) FROM scout.pool_figures") == 1  # what is old is gone
    assert [each.pool for each in look(wondering).pools] == ["scout_app"]
    (advice,) = sizing.pools([found], {})
    assert advice.advised >= sizing.LEAST_POOL

    shown = cli.run("doctor", "pools")
    assert "scout_app, each process: 10, at least " in shown.out
    assert "checkouts/s × " in shown.out
    parts = json.loads(cli.run("doctor", "pools", "--json").out)
    assert [each["now"] for each in parts["pools"]] == [10]


def test_where_nothing_was_measured_that_is_said(cli: CommandLine) -> None:
    shown = cli.run("doctor", "pools")

    assert (shown.code, shown.out) == (
        0,
        "Nothing was measured: no worker has run within that time.\n",
    )
