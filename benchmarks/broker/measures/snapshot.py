"""The rate over time while somebody holds an old snapshot, and while nobody does."""

from __future__ import annotations

import time
from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks.broker.catalogue import BY_NAME
from benchmarks.broker.results import LinePlot, Section, Table, at_least, number

from .backlog import MULTIPLY, SMALL

if TYPE_CHECKING:
    from benchmarks.broker.bench import Bench

THREADS = 64
EDGE_SECONDS = 10.0
A_SECOND = 22_000  # more than anybody drains

Points = list[tuple[float, float]]


def run(bench: Bench) -> Section:
    """Drain for a minute under an old snapshot, then for as long without."""
    seconds = 10.0 if bench.quick else 60.0
    section = Section(
        "snapshot",
        "With an old snapshot held",
        f"Another session opens a REPEATABLE READ transaction, takes its snapshot and keeps it; "
        f"then one process with {THREADS} threads drains a backlog for {seconds:g} s. Nothing it "
        f"deletes can be vacuumed. Start and end are the means of {EDGE_SECONDS:g} s (a fifth of "
        "a short run); the first second is left out. Without the snapshot: the same, beside it.",
    )
    held = _rates(bench, seconds, held=True)
    free = _rates(bench, seconds, held=False)
    rows = []
    ratios = []
    for title, points in (("snapshot held", held), ("no snapshot", free)):
        start, end = _edges(points)
        rows.append([title, number(start), number(end), number(end / start, " ×")])
        ratios.append(end / start)
    columns = ["", "messages/s at the start", "at the end", "ratio"]
    section.tables.append(Table("Rate", columns, rows))
    section.bars.append(at_least(f"old snapshot held {seconds:g} s, end to start", ratios[0], 0.95))
    section.line_plots.append(
        LinePlot(
            "broker-snapshot.svg",
            "Messages a second while an old snapshot is held",
            "messages a second",
            {"snapshot held": held, "no snapshot": free},
        )
    )
    return section


def _rates(bench: Bench, seconds: float, *, held: bool) -> Points:
    ours = BY_NAME["ours"]
    backlog = int(A_SECOND * seconds)
    bench.say(f"making a backlog of {backlog:,}, snapshot {'held' if held else 'not held'}")
    with ExitStack() as stack:
        database = stack.enter_context(bench.postgres.database(bench.template(ours, SMALL)))
        with bench.postgres.connect(database) as connection:
            connection.execute(MULTIPLY, [backlog // SMALL])
            connection.execute("VACUUM ANALYZE scout_broker.message")
        if held:
            holder = stack.enter_context(bench.postgres.connect(database))
            holder.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            holder.execute("SELECT count(*) FROM scout_broker.worker")
        child = stack.enter_context(bench.handle(ours, database))
        bench.postgres.checkpoint()
        child.do("work", threads=THREADS, body="count")
        counts = []
        began = time.monotonic()
        while (now := time.monotonic()) - began < seconds:
            report = child.do("report")
            counts.append((float(report["at"]) - began, int(report["count"])))
            time.sleep(max(0.0, 1.0 - (time.monotonic() - now)))
    pairs = list(pairwise(counts))[1:]
    return [(round(t2, 1), round((c2 - c1) / (t2 - t1))) for (t1, c1), (t2, c2) in pairs]


def _edges(points: Points) -> tuple[float, float]:
    length = min(int(EDGE_SECONDS), max(1, len(points) // 5))
    rates = [rate for _, rate in points]
    return sum(rates[:length]) / length, sum(rates[-length:]) / length
