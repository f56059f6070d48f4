"""What the benchmark sees from outside: the worker's process, the connections, the outcome."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psycopg
from rich.table import Table

from benchmarks.held import held

if TYPE_CHECKING:
    import argparse
    from uuid import UUID

    from rich.console import Console

ROOT = Path(__file__).parents[2]
STUCK = """
SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'scout_%'
AND state = 'idle in transaction' AND now() - state_change > interval '1 second'
"""
IN_BROKER = "SELECT count(*) FROM scout_broker.message WHERE queue = 'backfill'"
STANDING = "SELECT state, completed + failed + skipped, failed FROM scout.backfills WHERE id = %s"
TWICE = """
SELECT count(*) FILTER (WHERE analyses > 1), count(*) FILTER (WHERE analyses = 0),
       count(*) FILTER (WHERE observations <> 1), count(*) FILTER (WHERE events <> 1)
FROM (
    SELECT (SELECT count(*) FROM scout.analyses a WHERE a.capture_id = c.id) AS analyses,
           (SELECT count(*) FROM scout.observations o JOIN scout.analyses a
              ON a.id = o.analysis_id WHERE a.capture_id = c.id) AS observations,
           (SELECT count(*) FROM scout.events e JOIN scout.analyses a
              ON a.id = e.subject_id WHERE a.capture_id = c.id) AS events
    FROM scout.captures c
) AS counted
"""
CALLS = "SELECT status, count(*) FROM scout.llm_calls GROUP BY 1"
LEFT = "SELECT count(*) FROM scout_broker.message"
DEAD = "SELECT count(*) FROM scout_broker.dead_message"


class Worker:
    """The worker's process, in a group of its own so that all of it can be killed."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def begin(self) -> None:
        """Start it."""
        command = ["-m", "dramatiq", "benchmarks.backfill.worker", "--path", str(ROOT)]
        self._process = subprocess.Popen(
            [sys.executable, *command, "--processes", "1", "--threads", str(self._threads)],
            env=os.environ | {"SCOUT_LOGGING__LEVEL": "WARNING"},
            start_new_session=True,
        )

    def kill(self) -> None:
        """Kill it with signal 9, all of it at once."""
        assert self._process is not None
        self.kills += 1
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        """Stop it, and kill what does not stop."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Looker:
    """Looks at the server again and again, and remembers the most of everything."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, application_name="bench")
        self.most: Counter[str] = Counter()
        self.done = self.failed = 0
        self._pids: set[int] = set()

    def look(self, backfill_id: UUID) -> str:
        """Look once; return the backfill's state."""
        (count,) = self._connection.execute(IN_BROKER).fetchone() or (0,)
        self.most["in broker"] = max(self.most["in broker"], count)
        self.most |= held(self._connection)
        self.most["stuck"] = max(self.most["stuck"], self.value(STUCK))
        row = self._connection.execute(STANDING, [backfill_id]).fetchone()
        assert row is not None
        state, self.done, self.failed = row
        return str(state)

    def settle(self) -> None:
        """Wait until no message is left."""
        deadline = time.monotonic() + 600
        while self.value(LEFT) and time.monotonic() < deadline:
            time.sleep(0.2)

    def value(self, query: str) -> Any:  # noqa: ANN401 - a column's value
        """Return the one value of a query."""
        return (self._connection.execute(query.encode()).fetchone() or (None,))[0]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return a query's rows."""
        return self._connection.execute(query.encode()).fetchall()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def show(
    console: Console, looker: Looker, worker: Worker, asked: argparse.Namespace, elapsed: float
) -> int:
    """Print what was seen beside its bars; return the exit code."""
    ((twice, never, observed, told),) = looker.rows(TWICE)
    calls = dict(looker.rows(CALLS))
    folder = Path(os.environ["BENCH_FOLDER"])
    paid = (folder / "till").stat().st_size
    pools = [json.loads(each.read_text()) for each in sorted(folder.glob("pools-*.json"))]
    checkout = max(application["waits"]["p99"] for application, _ in pools) * 1000
    longest = max(application["waits"]["longest"] for application, _ in pools) * 1000
    in_doubt = calls.get("in_doubt", 0)
    lines: list[tuple[str, object, str, bool]] = [
        (
            "messages in the broker, most",
            looker.most["in broker"],
            f"≤ {asked.max_in_flight}",
            looker.most["in broker"] <= asked.max_in_flight,
        ),
        (
            "application's connections, most",
            looker.most["scout_app"],
            "≤ 10",
            0 < looker.most["scout_app"] <= 10,
        ),
        (
            "broker's connections, most",
            looker.most["scout_broker"],
            "≤ 6",
            looker.most["scout_broker"] <= 6,
        ),
        ("checkout, p99", f"{checkout:.1f} ms", "≤ 50 ms", checkout <= 50),
        ("checkout, longest", f"{longest:.0f} ms", "", True),
        ("transactions idle > 1 s", looker.most["stuck"], "0", looker.most["stuck"] == 0),
        ("failed captures", looker.failed, "0", looker.failed == 0),
        ("dead messages", looker.value(DEAD), "0", looker.value(DEAD) == 0),
        ("captures analysed twice", twice, "0", twice == 0),
        ("captures not analysed", never, "0", never == 0),
        ("with other than one observation", observed, "0", observed == 0),
        ("with other than one event", told, "0", told == 0),
        (
            "calls made",
            f"{paid:,}",
            f"≤ {asked.captures:,} + in doubt",
            paid <= asked.captures + in_doubt,
        ),
        (
            "of them in doubt",
            in_doubt,
            f"≤ kills × threads = {worker.kills * asked.threads}",
            in_doubt <= worker.kills * asked.threads,
        ),
        ("calls left open", calls.get("started", 0), "0", not calls.get("started")),
    ]
    console.print(
        f"{asked.captures:,} captures of {asked.seconds:g} s, {asked.threads} threads, killed "
        f"{worker.kills} times: {elapsed:.0f} s, {asked.captures / elapsed:.0f} a second"
    )
    table = Table("", "seen", "bar", "")
    for what, seen, bar, good in lines:
        table.add_row(what, str(seen), bar, "" if good else "missed")
    console.print(table)
    return int(not all(good for *_, good in lines))
