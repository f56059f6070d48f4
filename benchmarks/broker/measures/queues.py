"""One queue, eight, thirty: connections, and whether every queue moves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.broker.handle import ContenderDiedError
from benchmarks.broker.results import Bar, Section, Table, number

if TYPE_CHECKING:
    from benchmarks.broker.bench import Bench
    from benchmarks.broker.catalogue import Entrant
    from benchmarks.broker.handle import Handle

COUNTS = (1, 8, 30)
EACH = 20
THREADS = 8
GIVE_UP_SECONDS = 15.0
LOOK_SECONDS = 0.02
TAKE_PART = ("ours", "dramatiq-pg", "dramatiq-postgres", "procrastinate", "pgqueuer")


def run(bench: Bench) -> Section:
    """Send to each queue, start a worker, and see whether all of it is done."""
    section = Section(
        "queues",
        "Many queues",
        f"{EACH} messages are sent to each of so many queues, then a worker with {THREADS} threads "
        "serves them all. Shown: the most connections it was seen to hold in pg_stat_activity, "
        f"and what was done within {GIVE_UP_SECONDS:g} s. dramatiq-pg has its default pool here.",
    )
    rows = []
    for entrant in bench.entrants(service="postgres"):
        if entrant.name not in TAKE_PART:
            continue
        found = [_once(bench, entrant, count) for count in COUNTS]
        cells = [
            f"{most} connections, {number(seconds)} s"
            if done == EACH * count
            else f"{most} connections, {done} of {EACH * count} messages done"
            for (most, done, seconds), count in zip(found, COUNTS, strict=True)
        ]
        rows.append([entrant.title, *cells])
        bench.say(f"{entrant.title:20} {'; '.join(cells)}")
        if entrant.name == "ours":
            connections = [most for most, _, _ in found]
            moved = all(d == EACH * c for (_, d, _), c in zip(found, COUNTS, strict=True))
            section.bars.append(
                Bar(
                    "8 queues, 30 queues",
                    "connections as with 1; nothing freezes",
                    f"{', '.join(map(str, connections))} connections; "
                    f"{'every queue moved' if moved else 'some did not move'}",
                    moved and max(connections) <= connections[0],
                )
            )
    columns = ["", *(f"{count} queue{'s' * (count > 1)}" for count in COUNTS)]
    section.tables.append(Table("Connections, and time until all was done", columns, rows))
    return section


def _once(bench: Bench, entrant: Entrant, count: int) -> tuple[int, int, float]:
    queues = [f"queue{number}" for number in range(count)]
    with bench.database(entrant) as database:
        with bench.handle(entrant, database, queues) as producer:
            for queue in queues:
                producer.do("send", queue=queue, count=EACH)
        bench.postgres.wait_until_left(database)
        with bench.handle(entrant, database, queues) as worker:
            return _watched(bench, worker, database, EACH * count)


def _watched(bench: Bench, worker: Handle, database: str, expected: int) -> tuple[int, int, float]:
    most = done = 0
    began = time.monotonic()
    try:
        worker.do("work", threads=THREADS, body="count")
        while done < expected and time.monotonic() - began < GIVE_UP_SECONDS:
            done = int(worker.do("report")["count"])
            most = max(most, sum(bench.postgres.connections(database).values()))
            time.sleep(LOOK_SECONDS)
    except ContenderDiedError as error:
        bench.say(str(error))
    return most, done, time.monotonic() - began
