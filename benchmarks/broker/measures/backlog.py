"""Whether it matters how much is waiting, how much is dead, and how much was there before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchmarks.broker.catalogue import BY_NAME
from benchmarks.broker.results import Section, Table, at_least, at_most, number, paired, spread
from scout_workers.broker.queries import query

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection

    from benchmarks.broker.bench import Bench
    from benchmarks.broker.catalogue import Entrant

THREADS = 64
MOST = 10_000  # of each backlog, however long, the first so many are timed
SMALL = 10_000
OWNER = "00000000-0000-0000-0000-000000000001"
MULTIPLY = """
INSERT INTO scout_broker.message (message_id, queue, actor, priority, payload)
SELECT message_id, queue, actor, priority, payload
FROM scout_broker.message, generate_series(1, %s)
"""
BURY = """
INSERT INTO scout_broker.dead_message
    (id, message_id, queue, actor, priority, attempt, enqueued_at, reason, payload)
SELECT id, message_id, queue, actor, priority, 1, now(), 'failed', payload
FROM scout_broker.message
"""
LEAVE_DEAD_ROWS = """
WITH gone AS (DELETE FROM scout_broker.message RETURNING *)
INSERT INTO scout_broker.message (message_id, queue, actor, priority, payload)
SELECT message_id, queue, actor, priority, payload FROM gone
"""


def run(bench: Bench) -> Section:
    """Time the first messages of backlogs of several sizes, in turns."""
    large = 200_000 if bench.quick else 1_000_000
    section = Section(
        "backlog",
        "With much waiting and much dead",
        f"One process, {THREADS} threads; timed from the first message processed to the "
        f"{MOST:,}th, whatever the size of the backlog, in turns. “Dead messages” lie in their own "
        "table; “dead rows” are as many rows of the hot table deleted just before and not "
        "vacuumed. Buffers are those EXPLAIN (ANALYZE, BUFFERS) tells of the statement that "
        "claims ten, from the bound on seq where the queue stands.",
    )
    cases: dict[str, Callable[[Bench], str]] = {
        f"{SMALL:,} ready": lambda bench: _template(bench, SMALL, []),
        f"{large // 2:,} ready": lambda bench: _template(bench, large // 2, []),
        f"{large:,} ready, {large:,} dead messages": lambda b: _template(b, large, [BURY]),
        "the same, and as many dead rows": lambda b: _template(b, large, [BURY, LEAVE_DEAD_ROWS]),
    }
    templates = {name: make(bench) for name, make in cases.items()}
    rates: dict[str, list[float | None]] = {name: [] for name in templates}
    for turn in range(bench.rounds):
        for name, template in templates.items():
            rates[name].append(_rate(bench, BY_NAME["ours"], template))
            bench.say(f"round {turn + 1}  {name}: {number(rates[name][-1])} /s")
    buffers = {name: _buffers(bench, template) for name, template in templates.items()}
    for template in templates.values():
        bench.postgres.drop(template)
    small = rates[f"{SMALL:,} ready"]
    rows = [
        [name, spread(each), number(paired(each, small), " ×"), *map(str, buffers[name])]
        for name, each in rates.items()
    ]
    columns = ["", "messages/s", f"to {SMALL:,}", "buffers, claim(10)", "from the very start"]
    section.tables.append(Table("Draining from a backlog", columns, rows))
    for name in list(rates)[2:]:
        section.bars.append(
            at_least(f"{name}: drain, to {SMALL:,}", paired(rates[name], small), 0.9)
        )
        section.bars.append(at_most(f"{name}: claim(10)", buffers[name][0], 300, " buffers"))
    return section


def _template(bench: Bench, count: int, more: list[str]) -> str:
    """Make a database of so many ready messages: ten thousand sent, then multiplied in SQL."""
    bench.say(f"making a backlog of {count:,}")
    name = bench.postgres.create(bench.template(BY_NAME["ours"], SMALL))
    with bench.postgres.connect(name) as connection:
        if count > SMALL:
            connection.execute(MULTIPLY, [count // SMALL - 1])
        connection.execute("VACUUM ANALYZE scout_broker.message")
        for statement in more:
            connection.execute(statement)
        connection.execute("ANALYZE")
    bench.postgres.wait_until_left(name)
    return name


def _rate(bench: Bench, entrant: Entrant, template: str) -> float | None:
    with bench.postgres.database(template) as name, bench.handle(entrant, name) as child:
        bench.postgres.checkpoint()
        most = MOST // 4 if bench.quick else MOST
        done = child.do("drain", threads=THREADS, count=0, most=most, seconds=60.0)
        if done["ended"] is None:
            return None
        return float((done["count"] - 1) / (done["ended"] - done["first"]))


def _buffers(bench: Bench, template: str) -> tuple[int, int]:
    """Count the buffers of claim(10): as a running claimer does it, and as a new one does."""
    with bench.postgres.database(template) as name, bench.postgres.connect(name) as connection:
        connection.execute(
            "INSERT INTO scout_broker.worker "
            "(id, host, boot_id, pid_space, pid, pid_start, version, queues, threads) "
            "VALUES (%s, 'bench', '', '', 0, 0, '', '{default}', 1)",
            [OWNER],
        )
        fresh = _explain(connection, None, -(2**63))
        row = connection.execute(
            "SELECT min(seq) FROM scout_broker.message WHERE state = 'ready'"
        ).fetchone()
        return _explain(connection, 0, int((row or (0,))[0])), fresh


def _explain(connection: Connection[tuple[object, ...]], priority: int | None, low: int) -> int:
    statement = query("claim", "scout_broker").as_string(connection)
    claim = {
        "owner": OWNER,
        "queues": ["default"],
        "priorities": [priority],
        "lows": [low],
        "slots": [10],
    }
    lines = connection.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", claim).fetchall()
    text = "\n".join(str(line[0]) for line in lines)
    found = re.search(r"Buffers: shared(.*)", text)
    return sum(int(part) for part in re.findall(r"(?:hit|read)=(\d+)", found[1])) if found else -1
