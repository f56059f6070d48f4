"""Live captures beside a backfill that is paused and resumed by turns."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime
from statistics import quantiles
from typing import TYPE_CHECKING

import psycopg
from rich.console import Console
from rich.table import Table

from scout_workers import messages
from scout_workers.backfilling import begin, halt, resume
from scout_workers.backfilling.surveying import survey
from scout_workers.domain.backfills import BackfillState, Throttle
from scout_workers.store import cameras, captures, profiles
from scout_workers.store.captures import NewCapture

if TYPE_CHECKING:
    import argparse

    from benchmarks.backfill.looking import Worker
    from scout_workers.app import App
    from scout_workers.domain.backfills import Selection

SETTLE_SECONDS = 4.0
TIMES = """
SELECT c.received_at, extract(epoch FROM a.started_at - c.received_at)::float8,
       extract(epoch FROM a.settled_at - c.received_at)::float8
FROM scout.captures c JOIN scout.cameras k ON k.id = c.camera_id
JOIN scout.analyses a ON a.capture_id = c.id
WHERE k.name = 'gate' AND a.state = 'completed'
"""
UNDONE = """
SELECT count(*) FROM scout.captures c JOIN scout.cameras k ON k.id = c.camera_id
WHERE k.name = 'gate' AND NOT EXISTS (SELECT FROM scout.analyses a
                                      WHERE a.capture_id = c.id AND a.settled_at IS NOT NULL)
"""
DONE = "SELECT sum(completed) FROM scout.backfills"


class Live:
    """Sends live captures all the time, and has the backfill run in every second turn."""

    def __init__(
        self,
        app: App,
        history: Selection,
        worker: Worker,
        asked: argparse.Namespace,
        seconds: float,
    ) -> None:
        self._app, self._history, self._worker, self._asked = app, history, worker, asked
        self._over = threading.Event()
        self._turns: list[tuple[bool, datetime, datetime, int]] = []
        with app.store.transaction() as tx:
            self._camera = cameras.find_or_create(tx, history.organization_id, "gate")
            profiles.ensure_active(
                tx,
                history.organization_id,
                self._camera,
                provider="local",
                model=str(seconds),
                instructions="",
            )

    def run(self) -> int:
        """Run all turns, and print what live captures waited."""
        asked, app = self._asked, self._app
        self._worker.begin()
        throttle = Throttle(max_in_flight=asked.max_in_flight, rate=asked.rate)
        begun = begin(
            app, self._history, survey(app, self._history), throttle, wish="bench", by="bench"
        )
        halt(app, begun.id, BackfillState.PAUSED, by="bench")
        sender = threading.Thread(target=self._send, name="bench-live", daemon=True)
        sender.start()
        time.sleep(8.0)
        with psycopg.connect(app.database_url, autocommit=True) as look:
            for turn in range(2 * asked.turns):
                running = turn % 2 == 1
                if running:
                    resume(app, begun.id, by="bench", throttle={})
                else:
                    halt(app, begun.id, BackfillState.PAUSED, by="bench")
                time.sleep(SETTLE_SECONDS)
                first, done = self._now(look)
                time.sleep(asked.turn_seconds)
                last, more = self._now(look)
                self._turns.append((running, first, last, more - done))
            self._over.set()
            sender.join()
            deadline = time.monotonic() + 120
            while look.execute(UNDONE).fetchone() != (0,) and time.monotonic() < deadline:
                time.sleep(0.2)
            return self._show(look)

    def _now(self, look: psycopg.Connection) -> tuple[datetime, int]:
        row = look.execute(f"SELECT clock_timestamp(), ({DONE})".encode()).fetchone()
        assert row is not None
        return row[0], int(row[1])

    def _send(self) -> None:
        chance, number = random.Random(7), 0
        while not self._over.wait(chance.expovariate(self._asked.live_rate)):
            number += 1
            with self._app.store.transaction() as tx:
                capture = captures.insert(
                    tx,
                    NewCapture(
                        organization_id=self._history.organization_id,
                        camera_id=self._camera,
                        bucket="captures",
                        key=f"gate/{number}",
                        captured_at=datetime.now(UTC),
                        size_bytes=1,
                        sha256="0" * 64,
                    ),
                )
                assert capture is not None
                messages.analyze_capture(capture).send(tx)

    def _show(self, look: psycopg.Connection) -> int:
        waits: dict[bool, list[float]] = {False: [], True: []}
        whole: dict[bool, list[float]] = {False: [], True: []}
        for received, wait, total in look.execute(TIMES):
            for running, first, last, _ in self._turns:
                if first <= received < last:
                    waits[running].append(wait)
                    whole[running].append(total)
        captures_done = sum(done for running, *_, done in self._turns if running)
        seconds = self._asked.turns * self._asked.turn_seconds
        table = Table("", "without", "during", "ratio", "bar", "")
        table.add_row("live captures", str(len(whole[False])), str(len(whole[True])), "", "", "")
        missed = False
        for name, times in (("until begun", waits), ("until completed", whole)):
            for figure, place in (("median", 49), ("p99", 98)):
                without, during = (quantiles(times[each], n=100)[place] for each in (False, True))
                ratio = during / without
                barred = name == "until completed"
                bad = barred and ratio > 1.2
                missed = missed or bad
                table.add_row(
                    f"{name}, {figure}",
                    f"{without * 1000:.0f} ms",
                    f"{during * 1000:.0f} ms",
                    f"{ratio:.2f}",
                    "≤ 1.2" if barred else "",
                    "missed" if bad else "",
                )
        console = Console()
        console.print(
            f"{self._asked.turns} turns of {self._asked.turn_seconds:g} s each way; the backfill "
            f"did {captures_done / seconds:.0f} captures a second in its turns"
        )
        console.print(table)
        return int(missed)
