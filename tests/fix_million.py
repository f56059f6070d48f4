"""A broker's database with millions of rows, and what a statement reads of it.

Buffers are counted, never time: what one statement touches is the same on every machine. Each
statement runs in a transaction that is rolled back, under statistics of the test's choice: a
planner plans by what it was told, which may be of another hour.
"""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest
from fix_postgres import database_from
from psycopg import sql

from scout_workers.broker import migrate
from scout_workers.broker.hints import LOWEST
from scout_workers.broker.queries import query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_postgres import Template

WORKER = UUID("77777777-0000-4000-8000-000000000000")
# Known of a table that was never looked at; looked at when it was empty, when it held a few ready
# messages, and when every message was under lease; and as it is.
STATISTICS = ["none", "empty", "few", "leased", "true"]

_BY_KEY = {
    f"{kind} message_pkey" for kind in ("Index Scan", "Index Only Scan", "Bitmap Index Scan")
} | {"Bitmap Heap Scan"}

_BUILD = [
    "ALTER TABLE scout_broker.message SET (autovacuum_enabled = false)",
    "ALTER TABLE scout_broker.dead_message SET (autovacuum_enabled = false)",
    "ALTER TABLE scout_broker.worker SET (autovacuum_enabled = false)",
    *(f"CREATE TABLE known_{name} (LIKE scout_broker.message)" for name in STATISTICS[2:]),
    """
    INSERT INTO scout_broker.message (message_id, queue, actor, state, lease_owner, payload)
    SELECT n, 'large', 'noop', 'leased', '77777777-0000-4000-8000-000000000000', ''
    FROM generate_series(1, 1000) n
    """,
    "ANALYZE scout_broker.message",
    "CALL keep_as('leased')",
    "TRUNCATE scout_broker.message",
    """
    INSERT INTO scout_broker.message (message_id, queue, actor, payload)
    SELECT n, 'small', 'noop', '' FROM generate_series(1, 5) n
    """,
    "ANALYZE scout_broker.message",
    "CALL keep_as('few')",
    # Several priorities of one queue, several queues, and one that holds nearly everything.
    """
    INSERT INTO scout_broker.message (message_id, queue, actor, priority, payload)
    SELECT n, CASE WHEN n % 100 = 0 THEN 'queue' || n / 100 % 8 ELSE 'large' END, 'noop',
           CASE WHEN n % 10 = 0 THEN 10 ELSE 0 END, ''
    FROM generate_series(1, 1000000) n
    """,
    """
    INSERT INTO scout_broker.message (message_id, queue, actor, state, available_at, payload)
    SELECT n, 'large', 'noop', 'scheduled', now() + interval '1 day' + n * interval '1 s', ''
    FROM generate_series(1, 1000000) n
    """,
    """
    INSERT INTO scout_broker.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, reason, payload)
    SELECT -n, n, 'large', 'noop', 0, 3, now(), 'failed', '' FROM generate_series(1, 1000000) n
    """,
    "ANALYZE scout_broker.message",
    "CALL keep_as('true')",
]

# What is known of a table is moved to and fro by its oid. Columns may differ in number.
_PROCEDURES = """
CREATE PROCEDURE move(source regclass, target regclass) LANGUAGE sql AS $$
    DELETE FROM pg_statistic WHERE starelid = target;
    UPDATE pg_statistic s SET starelid = target, staattnum = t.attnum
    FROM pg_attribute f JOIN pg_attribute t ON t.attname = f.attname AND t.attrelid = target
    WHERE s.starelid = source AND f.attrelid = source AND f.attnum = s.staattnum;
    UPDATE pg_class t SET relpages = f.relpages, reltuples = f.reltuples
    FROM pg_class f WHERE f.oid = source AND t.oid = target;
$$;
CREATE PROCEDURE keep_as(name text) LANGUAGE sql AS $$
    CALL move('scout_broker.message', ('known_' || name)::regclass)
$$;
CREATE PROCEDURE know(name text) LANGUAGE plpgsql AS $$
BEGIN
    IF name IN ('none', 'empty') THEN
        DELETE FROM pg_statistic WHERE starelid = 'scout_broker.message'::regclass;
        UPDATE pg_class SET relpages = 0, reltuples = CASE name WHEN 'none' THEN -1 ELSE 0 END
        WHERE oid = 'scout_broker.message'::regclass;
    ELSE
        CALL move(('known_' || name)::regclass, 'scout_broker.message');
    END IF;
END
$$;
"""

_places = itertools.count(10_000, 1000)


@dataclass(frozen=True)
class Explained:
    """What a statement did.

    Attributes:
        buffers: Pages it touched, in memory or not, once a visit.
        rows: What it returned.
        compared: Pairs of rows that a join put side by side and found not to belong together.
        scans: How it looked for messages: each node's type with the index it used.
    """

    buffers: int
    rows: int
    compared: int
    scans: frozenset[str]

    @property
    def by_key(self) -> bool:
        """Whether messages were looked for by the primary key alone."""
        return self.scans <= _BY_KEY


class Plans:
    """One database, for statements that are explained by running them."""

    def __init__(self, url: str) -> None:
        self.url = url

    @contextmanager
    def knowing(self, statistics: str) -> Iterator[psycopg.Connection]:
        """A transaction in which so much is known, rolled back at the end."""
        with psycopg.connect(self.url) as connection:
            connection.execute("CALL know(%s)", [statistics])
            yield connection
            connection.rollback()


def explain(connection: psycopg.Connection, name: str, **parameters: Any) -> Explained:
    """Run queries/<name>.sql and tell what it did."""
    return explained(connection, query(name, "scout_broker"), **parameters)


def explained(
    connection: psycopg.Connection, statement: sql.Composable, **parameters: Any
) -> Explained:
    """Run a statement and tell what it did."""
    options = sql.SQL("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ")
    row = connection.execute(options + statement, parameters).fetchone()
    assert row is not None
    top = row[0][0]["Plan"]
    return Explained(
        buffers=top["Shared Hit Blocks"] + top["Shared Read Blocks"],
        rows=int(top["Actual Rows"]),
        compared=int(sum(_compared(top))),
        scans=frozenset(_scans(top)),
    )


def claim(
    connection: psycopg.Connection,
    slots: int,
    queue: str | list[str] = "large",
    *,
    priority: int | list[int] | None = 0,
    low: int = LOWEST,
) -> Explained:
    """Claim from one queue or several; a priority of None is a look at all of them."""
    queues = queue if isinstance(queue, list) else [queue]
    return explain(
        connection,
        "claim",
        owner=WORKER,
        queues=queues,
        priorities=priority if isinstance(priority, list) else [priority] * len(queues),
        lows=[low] * len(queues),
        slots=[slots] * len(queues),
    )


def lease(
    connection: psycopg.Connection, count: int, owner: UUID = WORKER, *, low: int = 0
) -> dict[str, Any]:
    """Put messages of the large queue under lease; return the owner's tokens.

    Each time others: what is rolled back leaves entries in the indexes.
    """
    leased = connection.execute(
        """
        UPDATE scout_broker.message
        SET state = 'leased', attempt = attempt + 1, lease_owner = %s, leased_at = now()
        WHERE id = ANY (ARRAY(
            SELECT id FROM scout_broker.message
            WHERE state = 'ready' AND queue = 'large' AND priority = 0 AND seq >= %s
            ORDER BY queue, priority, seq LIMIT %s))
        RETURNING id, attempt
        """,
        [owner, low + next(_places), count],
    ).fetchall()
    assert len(leased) == count
    ids, attempts = zip(*leased, strict=True)
    return {"ids": list(ids), "attempts": list(attempts), "owner": owner}


def come_due(connection: psycopg.Connection, count: int) -> None:
    """Let the time of so many scheduled messages come."""
    connection.execute(
        """
        UPDATE scout_broker.message SET available_at = now() - interval '1 s'
        WHERE id = ANY (ARRAY(
            SELECT id FROM scout_broker.message WHERE state = 'scheduled'
            ORDER BY available_at LIMIT %s))
        """,
        [count],
    )


def _compared(node: dict[str, Any]) -> Iterator[float]:
    yield node.get("Rows Removed by Join Filter", 0) * node["Actual Loops"]
    for child in node.get("Plans", []):
        yield from _compared(child)


def _scans(node: dict[str, Any]) -> Iterator[str]:
    index = node.get("Index Name", "")
    if "Scan" in node["Node Type"] and (
        node.get("Relation Name") == "message" or index.startswith("message_")
    ):
        yield f"{node['Node Type']} {index}".strip()
    for child in node.get("Plans", []):
        yield from _scans(child)


@pytest.fixture(scope="session")
def million_template(template: Template) -> str:
    """1M ready, 1M scheduled and 1M dead messages, and one worker; made once a run."""

    def build(url: str) -> None:
        migrate(url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_PROCEDURES)
            for statement in _BUILD:
                connection.execute(statement.encode())
            connection.execute(
                "INSERT INTO scout_broker.worker (id, host, boot_id, pid_space, pid, pid_start,"
                " version, queues, threads, heartbeat_at)"
                " VALUES (%s, '', '', '', 1, 1, '', '{}', 1, 'infinity')",
                [WORKER],
            )

    return template("million", build)


@pytest.fixture(scope="session")
def million(postgres_url: str, million_template: str) -> Iterator[Plans]:
    """A copy of them, for transactions that are rolled back."""
    with database_from(postgres_url, million_template) as url:
        yield Plans(url)
