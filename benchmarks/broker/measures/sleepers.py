"""Six hundred messages that wait half a second each, on 64 threads."""

from __future__ import annotations

import math
import time
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.broker.results import Section, Table, at_most, middle, number, spread

if TYPE_CHECKING:
    from benchmarks.broker.bench import Bench
    from benchmarks.broker.catalogue import Entrant

MESSAGES = 600
THREADS = 64
SECONDS = 0.5
TAKE_PART = ("ours", "redis", "dramatiq-postgres")
LOOK_SECONDS = 0.1


def run(bench: Bench) -> Section:
    """Run them, looking at the connections from outside."""
    ideal = math.ceil(MESSAGES / THREADS) * SECONDS
    section = Section(
        "sleepers",
        "Waiting for something slow",
        f"{MESSAGES} messages of {SECONDS:g} s with a short transaction before and after (over an "
        f"application's pool of ten), {THREADS} threads: ideal is {ideal:g} s, from the first "
        "message taken to the last done. Broker connections are the most seen in "
        f"pg_stat_activity, looked at every {LOOK_SECONDS:g} s.",
    )
    rows = []
    for entrant in bench.entrants():
        if entrant.name not in TAKE_PART:
            continue
        rounds = min(bench.rounds, 3) if entrant.name == "ours" else 1
        runs = [_once(bench, entrant) for _ in range(rounds)]
        seconds = [elapsed / ideal for elapsed, _ in runs]
        connections = max(most for _, most in runs)
        shown = "—" if entrant.service != "postgres" else str(connections)
        rows.append([entrant.title, spread(e for e, _ in runs), number(middle(seconds)), shown])
        bench.say(f"{entrant.title:20} {number(middle(e for e, _ in runs))} s")
        if entrant.name == "ours":
            section.bars.append(
                at_most("64 threads of 0.5 s, to the ideal", middle(seconds), 1.05, "×")
            )
            section.bars.append(
                at_most("64 threads of 0.5 s, broker connections", float(connections), 3, "")
            )
    columns = ["", "seconds", "× ideal", "broker connections"]
    section.tables.append(Table(f"{MESSAGES} × {SECONDS:g} s", columns, rows))
    return section


def _once(bench: Bench, entrant: Entrant) -> tuple[float, int]:
    if entrant.service == "postgres":
        with bench.database(entrant, MESSAGES) as database:
            return _watched(bench, entrant, database)
    return _watched(bench, entrant, None)


def _watched(bench: Bench, entrant: Entrant, database: str | None) -> tuple[float, int]:
    # Where the broker is elsewhere the two transactions still need a database.
    with bench.handle(entrant, database) as child, bench.postgres.database() as beside:
        if database is None:
            child.do("setup")
            child.do("fill", count=MESSAGES)
        url = bench.postgres.url_of(database or beside)
        child.do("sleep_in", url=url)
        child.do("work", threads=THREADS, body="sleep")
        most: Counter[str] = Counter()
        deadline = time.monotonic() + 60
        while child.do("report")["count"] < MESSAGES:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{entrant.title} did not finish {MESSAGES} messages")
            for name, number_of in bench.postgres.connections(database or beside).items():
                most[name] = max(most[name], number_of)
            time.sleep(LOOK_SECONDS)
        values = child.do("values")["values"]
        return max(values) - min(values) + SECONDS, most[entrant.application]
