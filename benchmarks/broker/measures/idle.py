"""What it costs to have nothing to do."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.broker.results import Section, Table, at_most, number

if TYPE_CHECKING:
    from benchmarks.broker.bench import Bench
    from benchmarks.broker.catalogue import Entrant
    from benchmarks.broker.handle import Handle

QUEUES = tuple(f"queue{number}" for number in range(7))
THREADS = 8


@dataclass(frozen=True, slots=True)
class Idle:
    """One contender that does nothing."""

    entrant: Entrant
    child: Handle
    database: str | None


def run(bench: Bench) -> Section:
    """Let everybody be idle at once, settle, and look what they do."""
    settle, watch = (5.0, 8.0) if bench.quick else (65.0, 30.0)
    section = Section(
        "idle",
        "Doing nothing",
        f"Workers with {len(QUEUES)} queues, {THREADS} threads and no message, all contenders at "
        f"the same time; after {settle:g} s they are watched for {watch:g} s. Queries are what "
        "pg_stat_database counts as transactions of their database (its autovacuum counts too), "
        "connections are the most seen at the end, processor time is the worker process's.",
    )
    rows = []
    with ExitStack() as stack:
        idlers = [_start(bench, stack, entrant) for entrant in bench.entrants()]
        time.sleep(settle)
        before = [(each.child.do("report"), _transactions(bench, each)) for each in idlers]
        time.sleep(watch)
        for each, (then, transactions) in zip(idlers, before, strict=True):
            now = each.child.do("report")
            seconds = now["at"] - then["at"]
            queries = (_transactions(bench, each) - transactions) / seconds
            cpu = (now["cpu"] - then["cpu"]) / seconds * 100
            held = sum(bench.postgres.connections(each.database).values()) if each.database else 0
            shown = [number(queries), str(held)] if each.database else ["—", "—"]
            rows.append([each.entrant.title, *shown, f"{cpu:.2f}", str(now["threads"])])
            if each.entrant.name == "ours":
                section.bars += [
                    at_most("idle, 7 queues, queries a second", queries, 1.0, ""),
                    at_most("idle, 7 queues, connections held", float(held), 1, ""),
                    at_most("idle, 7 queues, processor", cpu, 0.5, " %"),
                ]
    columns = ["", "queries/s", "connections", "processor %", "threads"]
    section.tables.append(Table(f"Idle with {len(QUEUES)} queues", columns, rows))
    return section


def _start(bench: Bench, stack: ExitStack, entrant: Entrant) -> Idle:
    database = None
    if entrant.service == "postgres":
        database = stack.enter_context(bench.database(entrant))
    child = stack.enter_context(bench.handle(entrant, database, QUEUES))
    if database is None:
        child.do("setup")
    child.do("work", threads=THREADS, body="count")
    return Idle(entrant, child, database)


def _transactions(bench: Bench, idle: Idle) -> int:
    return bench.postgres.counts(idle.database).transactions if idle.database else 0
