"""How many messages a second get in, one by one and in bulk, and what pgbench makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.broker.catalogue import BY_NAME
from benchmarks.broker.pgbench import CLAIM_THEN_ACK, INSERT, NoPgbenchError, transactions_a_second
from benchmarks.broker.results import Bar, Section, Table, at_least, middle, number, paired, spread

if TYPE_CHECKING:
    from benchmarks.broker.bench import Bench
    from benchmarks.broker.catalogue import Entrant

BATCH = 1000
BULK_BAR = 60_000
LIMITS = {  # what pgbench does: the script, rows a batch, messages to have there
    "pgbench, a single insert": (INSERT, 1),
    "pgbench, claim and ack one by one": (CLAIM_THEN_ACK, 1),
    "pgbench, claim and ack 100 at a time": (CLAIM_THEN_ACK, 100),
}

Rates = dict[str, list[float | None]]


def run(bench: Bench) -> Section:
    """Enqueue for a second or two each, in turns."""
    section = Section(
        "enqueue",
        "Enqueueing",
        "One producer, one thread, as its documentation says: one by one (each durable when the "
        f"call returns, where the server's settings make it so), and {BATCH:,} at a time where "
        "there is a way to (timed without making the messages). pgbench runs with one client on "
        "our table. In turns, round by round.",
    )
    seconds = 1.0 if bench.quick else 2.0
    single: Rates = {}
    bulk: Rates = {}
    for turn in range(bench.rounds):
        for entrant in bench.entrants():
            one, many = _rates(bench, entrant, seconds)
            single.setdefault(entrant.name, []).append(one)
            bulk.setdefault(entrant.name, []).append(many)
            bench.say(
                f"round {turn + 1}  {entrant.title:20} {number(one):>8} /s one by one, "
                f"{number(many):>8} /s in bulk"
            )
        for name, (script, batch) in LIMITS.items():
            rate = _limit(bench, script, batch, seconds, section)
            single.setdefault(name, []).append(rate)
            bench.say(f"round {turn + 1}  {name}: {number(rate)} messages/s")
    rows = [[e.title, spread(single[e.name]), spread(bulk[e.name])] for e in bench.entrants()] + [
        [name, spread(single[name]), "—"] for name in LIMITS
    ]
    columns = ["", "one by one", f"{BATCH:,} at a time"]
    section.tables.append(Table("Messages a second, median (least–most)", columns, rows))
    _judge(section, single, bulk)
    return section


def _rates(bench: Bench, entrant: Entrant, seconds: float) -> tuple[float | None, float | None]:
    if entrant.service != "postgres":
        with bench.handle(entrant) as child:
            child.do("setup")
            found = child.do("enqueue", seconds=seconds)
            child.do("setup")
            return found["rate"], child.do("enqueue_many", seconds=seconds, batch=BATCH)["rate"]
    with bench.database(entrant) as database, bench.handle(entrant, database) as child:
        one = child.do("enqueue", seconds=seconds)["rate"]
    with bench.database(entrant) as database, bench.handle(entrant, database) as child:
        return one, child.do("enqueue_many", seconds=seconds, batch=BATCH)["rate"]


def _limit(bench: Bench, script: str, batch: int, seconds: float, section: Section) -> float | None:
    ours = BY_NAME["ours"]
    count = 0 if script == INSERT else 50_000
    with bench.database(ours, count) as database:
        url = bench.postgres.url_of(database)
        try:
            return batch * transactions_a_second(url, script, seconds, batch=batch)
        except NoPgbenchError as error:
            section.notes.append(str(error))
            return None


def _judge(section: Section, single: Rates, bulk: Rates) -> None:
    insert = single["pgbench, a single insert"]
    ratio = paired(single["ours"], insert)
    section.bars.append(at_least("enqueue one by one, to pgbench's single insert", ratio, 0.85))
    ours = middle(bulk["ours"])
    section.bars.append(
        Bar(
            "enqueue in bulk",
            f"≥ {BULK_BAR:,} /s",
            number(ours, " /s"),
            None if ours is None else ours >= BULK_BAR,
        )
    )
    theirs = paired(bulk["ours"], bulk["pgqueuer"]) if "pgqueuer" in bulk else None
    section.bars.append(at_least("enqueue in bulk, to pgqueuer's", theirs, 1.0))
