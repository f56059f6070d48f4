"""How many no-op messages a second each contender works off."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.broker.handle import ContenderDiedError
from benchmarks.broker.processor import Machine
from benchmarks.broker.results import (
    Bar,
    BarPlot,
    Section,
    Table,
    at_least,
    at_most,
    middle,
    number,
    paired,
    spread,
)

if TYPE_CHECKING:
    from benchmarks.broker.bench import Bench
    from benchmarks.broker.catalogue import Entrant
    from benchmarks.broker.handle import Handle

CONFIGURATIONS = ((1, 8), (1, 64), (2, 8), (2, 64))  # processes, threads of each
NAMES = [f"{p} process{'es' * (p > 1)} × {t}" for p, t in CONFIGURATIONS]
GIVE_UP_SECONDS = 40.0
ROUNDS_OF_PAIRS = 2
FULL = 0.95
BARS = {"stub": 0.75, "redis": 2.5, "rabbitmq": 2.5, "dramatiq-pg": 15.0, "pgqueuer": 2.0}


@dataclass(frozen=True, slots=True)
class Run:
    """One drain; per message where it says so."""

    rate: float
    client_us: float
    server_us: float
    transactions: float
    wal: float
    cores: float
    others: float  # processors that the rest of the machine took


def run(bench: Bench) -> Section:
    """Drain everything in every configuration, round by round."""
    section = Section(
        "drain",
        "Draining no-op messages",
        "A queue is filled; worker processes (Dramatiq's own Worker with its default middleware) "
        "are started and timed from the first message processed until every one is acknowledged. "
        "Each run has a fresh process and a fresh copy of a filled, analyzed database; contenders "
        "take turns within a round. Slower contenders get fewer messages, never less than a "
        "second's worth. For the asynchronous ones “threads” are tasks at a time and the size of "
        "a batch. Processor time is that of the worker processes, and of Postgres with its "
        "children.",
    )
    runs: dict[tuple[str, int], list[Run | None]] = {}
    for turn in range(bench.rounds):
        for place, (processes, threads) in enumerate(CONFIGURATIONS):
            for entrant in bench.entrants():
                if processes > 1 and (entrant.name == "stub" or _is_skipped(bench, entrant, turn)):
                    continue
                found = _attempt(bench, entrant, processes, threads, section)
                runs.setdefault((entrant.name, place), []).append(found)
                rate = None if found is None else found.rate
                bench.say(
                    f"round {turn + 1}  {NAMES[place]:16}  {entrant.title:20} {number(rate):>8} /s"
                )
    _tabulate(bench, section, runs)
    _judge(section, runs)
    return section


def _is_skipped(bench: Bench, entrant: Entrant, turn: int) -> bool:
    """Tell whether to spare the time: no bar asks how others do with two processes."""
    return entrant.name != "ours" and (bench.quick or turn >= ROUNDS_OF_PAIRS)


def _attempt(
    bench: Bench, entrant: Entrant, processes: int, threads: int, section: Section
) -> Run | None:
    try:
        return drain(bench, entrant, processes, threads)
    except (ContenderDiedError, TimeoutError) as error:
        section.notes.append(f"{entrant.title}, {processes} × {threads}: {error}")
        bench.say(str(error))
        return None


def drain(bench: Bench, entrant: Entrant, processes: int, threads: int) -> Run:
    """Drain once.

    Raises:
        ContenderDiedError: One of its processes died.
        TimeoutError: It did not get through.
    """
    count = entrant.drains // 4 if bench.quick else entrant.drains
    with ExitStack() as stack:
        database = None
        if entrant.service == "postgres":
            database = stack.enter_context(bench.database(entrant, count))
            bench.postgres.checkpoint()
        handles = [stack.enter_context(bench.handle(entrant, database)) for _ in range(processes)]
        if database is None:
            handles[0].do("setup")
            handles[0].do("fill", count=count)
            return _timed(bench, handles, threads, count, None)
        return _timed(bench, handles, threads, count, database)


def _timed(
    bench: Bench, handles: list[Handle], threads: int, count: int, database: str | None
) -> Run:
    before = bench.postgres.counts(database) if database else None
    machine = Machine.now()
    alone = count if len(handles) == 1 else 0
    for handle in handles:
        handle.ask("drain", threads=threads, count=alone, most=None, seconds=GIVE_UP_SECONDS)
    answers = [handle.answer() for handle in handles]
    used = Machine.now().used_since(machine)
    done = sum(answer["count"] for answer in answers)
    if done < count or any(answer["ended"] is None for answer in answers):
        raise TimeoutError(f"{done:,} of {count:,} messages in {GIVE_UP_SECONDS:g} s")
    firsts = [answer["first"] for answer in answers if answer["first"] is not None]
    seconds = max(answer["ended"] for answer in answers) - min(firsts)
    client = sum(answer["cpu"] for answer in answers)
    server = transactions = wal = float("nan")
    if database and before:
        server = (bench.postgres.counts(database) - before).cpu
        for handle in handles:
            handle.end()
        bench.postgres.wait_until_left(database)
        after = bench.postgres.counts(database) - before
        transactions, wal = after.transactions / done, after.wal / done
    own = (client + (server if database else 0.0)) / seconds
    return Run(
        rate=done / seconds,
        client_us=client / done * 1e6,
        server_us=server / done * 1e6,
        transactions=transactions,
        wal=wal,
        cores=own,
        others=max(0.0, used * (os.cpu_count() or 1) - own),
    )


def _rates(
    runs: dict[tuple[str, int], list[Run | None]], name: str, place: int
) -> list[float | None]:
    return [None if each is None else each.rate for each in runs.get((name, place), [])]


def _tabulate(
    bench: Bench, section: Section, runs: dict[tuple[str, int], list[Run | None]]
) -> None:
    titles = {entrant.name: entrant.title for entrant in bench.entrants()}
    rows = [
        [title, *(spread(_rates(runs, name, place)) for place in range(len(NAMES)))]
        for name, title in titles.items()
    ]
    section.tables.append(Table("Messages a second, median (least–most)", ["", *NAMES], rows))
    ratios = [
        [f"ours ÷ {title}"]
        + [
            number(paired(_rates(runs, "ours", place), _rates(runs, name, place)), " ×")
            for place in range(len(NAMES))
        ]
        for name, title in titles.items()
        if name != "ours"
    ]
    section.tables.append(Table("Ratios, median of the rounds'", ["", *NAMES], ratios))
    costs = []
    for name, title in titles.items():
        known = [each for each in runs[name, 1] if each is not None]
        costs.append(
            [title]
            + [
                number(middle(getattr(each, what) for each in known))
                for what in ("client_us", "server_us", "transactions", "wal", "cores")
            ]
        )
    columns = ["", "µs client", "µs Postgres", "transactions", "WAL bytes", "cores kept busy"]
    section.tables.append(Table(f"What a message costs, {NAMES[1]}", columns, costs))
    section.bar_plots.append(
        BarPlot(
            "broker-drain.svg",
            "No-op messages a second, one process",
            ["8 threads", "64 threads"],
            list(titles.values()),
            [[middle(_rates(runs, name, place)) for place in (0, 1)] for name in titles],
        )
    )


def _judge(section: Section, runs: dict[tuple[str, int], list[Run | None]]) -> None:
    for name, bar in BARS.items():
        if (name, 0) not in runs:
            continue
        for place, threads in ((0, 8), (1, 64)):
            ratio = paired(_rates(runs, "ours", place), _rates(runs, name, place))
            section.bars.append(at_least(f"drain, 1 process × {threads}, to {name}", ratio, bar))
    for one, two, threads in ((0, 2, 8), (1, 3, 64)):
        ratio = paired(_rates(runs, "ours", two), _rates(runs, "ours", one))
        pairs = [each for each in runs["ours", two] if each is not None]
        own = middle(each.cores for each in pairs) or 0.0
        others = middle(each.others for each in pairs) or 0.0
        cores = os.cpu_count() or 1
        ok = None if ratio is None else ratio >= 1.5 or own >= FULL * cores
        section.bars.append(
            Bar(
                f"drain, 2 processes × {threads}, to one",
                "≥ 1.5×, or the cores full",
                f"{number(ratio, '×')}; of {cores} cores {number(own)} used by this run, "
                f"{number(others)} by others",
                # What others took could not be had: then nothing is shown either way.
                None if ok is False and own + others >= FULL * cores else ok,
            )
        )
    known = [each for each in runs["ours", 1] if each is not None]
    section.bars.append(
        at_most("transactions a message under load", middle(r.transactions for r in known), 0.1, "")
    )
