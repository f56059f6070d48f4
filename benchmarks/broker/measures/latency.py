"""How long an idle system takes from the call of enqueue to the first line of the actor."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from benchmarks.broker.catalogue import BY_NAME
from benchmarks.broker.results import Bar, Section, Table, at_most, number
from scout_workers.broker import Polling
from scout_workers.broker.queries import query

if TYPE_CHECKING:
    from psycopg import Connection

    from benchmarks.broker.bench import Bench
    from benchmarks.broker.catalogue import Entrant

THREADS = 8
P99 = 0.99
PAUSE = (0.02, 0.05)
OWNER = "00000000-0000-0000-0000-000000000001"


def run(bench: Bench) -> Section:
    """Send into idle workers: from their own process, and from another."""
    polling = Polling()
    section = Section(
        "latency",
        "Latency of an idle system",
        f"A worker with {THREADS} threads and nothing to do; a message now and then (the pause is "
        "random); from just before enqueue is called to the actor's first line. Ours polls every "
        f"{polling.interval:g} s and backs off to {polling.longest:g} s while it finds nothing; "
        "an enqueue in the worker's own process wakes it. The reference is the median of one "
        "durable insert plus one claim of one message, by our statements over one connection, "
        "with the same pauses in between: processors and caches that rest are slow to begin.",
    )
    samples = 20 if bench.quick else 150
    reference = _reference(bench)
    found: dict[str, tuple[list[float], list[float]]] = {}
    for entrant in bench.entrants():
        same = _ages(bench, entrant, samples, PAUSE, other=False)
        other = []
        if entrant.name != "stub":
            other = _ages(bench, entrant, samples // 2, (0.1, 0.5), other=True)
        found[entrant.name] = same, other
        bench.say(f"{entrant.title:20} p50 {number(_at(same, 0.5) * 1000)} ms in its own process")
    rested = [] if bench.quick else _ages(bench, BY_NAME["ours"], 16, (2.5, 3.5), other=True)
    rows = [
        [e.title, *(_cells(found[e.name][0])), *(_cells(found[e.name][1]))]
        for e in bench.entrants()
        if e.name in found
    ]
    if rested:
        rows.append(["scout_workers, idle for 3 s before", "—", "—", *_cells(rested)])
    columns = ["ms", "same process p50", "p99", "other process p50", "p99"]
    section.tables.append(Table("From enqueue to the actor", columns, rows))
    _judge(section, reference, found["ours"], rested, polling)
    return section


def _cells(ages: list[float]) -> list[str]:
    return [number(_at(ages, share) * 1000) for share in (0.5, P99)] if ages else ["—", "—"]


def _at(ages: list[float], share: float) -> float:
    ordered = sorted(ages)
    return ordered[min(len(ordered) - 1, round((len(ordered) - 1) * share))]


def _ages(
    bench: Bench, entrant: Entrant, samples: int, pause: tuple[float, float], *, other: bool
) -> list[float]:
    if entrant.service == "postgres":
        with bench.database(entrant) as database:
            return _sampled(bench, entrant, database, samples, pause, other=other)
    return _sampled(bench, entrant, None, samples, pause, other=other)


def _sampled(
    bench: Bench,
    entrant: Entrant,
    database: str | None,
    samples: int,
    pause: tuple[float, float],
    *,
    other: bool,
) -> list[float]:
    with bench.handle(entrant, database) as worker, bench.handle(entrant, database) as producer:
        if database is None:
            worker.do("setup")
        worker.do("work", threads=THREADS, body="age")
        time.sleep(1.5)
        for _ in range(samples):
            sender = producer if other else worker
            sender.do("send", queue="default", stamped=True)
            time.sleep(random.uniform(*pause))
        deadline = time.monotonic() + 10
        while worker.do("report")["count"] < samples and time.monotonic() < deadline:
            time.sleep(0.05)
        return [float(age) for age in worker.do("values")["values"]]


def _reference(bench: Bench) -> float:
    """Return the median seconds of one insert and one claim over one connection."""
    with (
        bench.database(BY_NAME["ours"]) as database,
        bench.postgres.connect(database) as connection,
    ):
        connection.prepare_threshold = None
        connection.execute(
            "INSERT INTO scout_broker.worker "
            "(id, host, boot_id, pid_space, pid, pid_start, version, queues, threads) "
            "VALUES (%s, 'bench', '', '', 0, 0, '', '{default}', 1)",
            [OWNER],
        )
        found = []
        for number in range(100):
            time.sleep(random.uniform(*PAUSE))
            found.append(_insert_and_claim(connection, number))
        return sorted(found)[50]


def _insert_and_claim(connection: Connection[tuple[object, ...]], place: int) -> float:
    row = {
        "message_id": str(place),
        "key": f"00000000-0000-0000-0000-{place:012}",
        "dedup_key": None,
        "queue": "default",
        "actor": "work_default",
        "priority": 0,
        "delay_ms": 0,
        "payload": b"x" * 220,
    }
    claim = {
        "owner": OWNER,
        "queues": ["default"],
        "priorities": [0],
        "lows": [0],
        "slots": [8],
    }
    began = time.monotonic()
    connection.execute(query("insert_message", "scout_broker"), row)
    connection.execute(query("claim", "scout_broker"), claim).fetchall()
    return time.monotonic() - began


def _judge(
    section: Section,
    reference: float,
    ours: tuple[list[float], list[float]],
    rested: list[float],
    polling: Polling,
) -> None:
    same, other = ours
    factor = _at(same, 0.5) / reference
    section.bars.append(
        Bar(
            "latency idle, same process with signal, p50",
            "≤ 2 × (an insert + a claim)",
            f"{number(factor)} × ({number(_at(same, 0.5) * 1000)} ms to "
            f"{number(reference * 1000)} ms)",
            factor <= 2,
        )
    )
    section.bars.append(
        at_most("latency idle, same process, p99", _at(same, P99) * 1000, 10, " ms")
    )
    worst = _at(other + rested, P99) * 1000
    section.bars.append(
        at_most(
            f"latency idle, other process, p99 (the interval grows to {polling.longest:g} s)",
            worst,
            polling.longest * 1000,
            " ms",
        )
    )
