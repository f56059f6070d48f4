"""A table as dramatiq-pg has it, with messages as it writes them, and a worker's locks on some."""

from __future__ import annotations

import json
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from dramatiq import Message
from dramatiq.common import current_millis, dq_name

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = version("dramatiq").startswith("1.") and find_spec("dramatiq_pg") is not None

# The columns that dramatiq-pg 0.12 makes (dramatiq_pg/schema.sql), where it is not installed.
_TABLE = """
    CREATE SCHEMA "{schema}";
    CREATE TYPE "{schema}"."{prefix}state" AS ENUM ('queued', 'consumed', 'rejected', 'done');
    CREATE TABLE "{schema}"."{prefix}queue" (
        message_id uuid PRIMARY KEY,
        queue_name text NOT NULL DEFAULT 'default',
        state "{schema}"."{prefix}state",
        mtime timestamptz DEFAULT (now() AT TIME ZONE 'UTC'),
        message jsonb,
        result jsonb,
        result_ttl timestamptz
    );
    CREATE INDEX ON "{schema}"."{prefix}queue" (state, mtime);
"""


class TheirTable:
    """A table of dramatiq-pg's, in a database of a URL."""

    def __init__(self, url: str, *, schema: str = "dramatiq", prefix: str = "") -> None:
        self.url = url
        self.name = f'"{schema}"."{prefix}queue"'
        if PACKAGE:
            init = import_module("dramatiq_pg").generate_init_sql(schema, prefix)
        else:
            init = _TABLE.format(schema=schema, prefix=prefix)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(init.encode())

    def add(
        self,
        *numbers: int,
        state: str = "queued",
        queue: str = "default",
        delay: int | None = None,
        **options: Any,
    ) -> list[Message[Any]]:
        """Write messages whose argument is their number, as its `enqueue` does.

        Args:
            state: What became of them since.
            delay: In milliseconds: they are in the queue for delayed ones.
        """
        made = []
        for number in numbers:
            message: Message[Any] = Message(queue, "work", (number,), {}, dict(options))
            if delay is not None:
                message = message.copy(queue_name=dq_name(queue))
                message.options["eta"] = current_millis() + delay
            made.append(message)
        self.write([(m.message_id, m.queue_name, state, m.encode().decode()) for m in made])
        return made

    def write(self, rows: list[tuple[str, str, str, str | None]]) -> None:
        """Write rows: id, queue, state, message; each a microsecond after the one before."""
        with psycopg.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self.name} (message_id, queue_name, state, message, mtime) "  # noqa: S608 - our own name
                "VALUES (%s, %s, %s, %s, clock_timestamp())".encode(),
                rows,
            )

    def states(self) -> dict[int | str, str]:
        """Return the state of every message by its number, or by its id where it has none."""
        with psycopg.connect(self.url) as connection:
            found = connection.execute(
                f"SELECT message_id::text, message::text, state::text FROM {self.name}".encode()  # noqa: S608 - our own name
            ).fetchall()
        return {json.loads(text)["args"][0] if text else id_: state for id_, text, state in found}

    @contextmanager
    def held(self, *messages: Message[Any]) -> Iterator[None]:
        """Hold messages as a worker does that has consumed them: under locks of its session."""
        with psycopg.connect(self.url, autocommit=True) as worker:
            for message in messages:
                worker.execute("SELECT pg_advisory_lock(%s)", [lock_of(message)])
            yield


def lock_of(message: Message[Any]) -> int:
    """Return the key of the lock that dramatiq-pg 0.12 takes (dramatiq_pg/broker.py)."""
    if PACKAGE:
        return int(import_module("dramatiq_pg.broker").message_lock(message))
    digest = sha256((message.queue_name + message.message_id).encode()).hexdigest()
    return int(digest[24:40], 16) - 2**63


@pytest.fixture
def theirs_here(broker_database: str) -> TheirTable:
    """A table of dramatiq-pg's in the database of our broker."""
    return TheirTable(broker_database)


@pytest.fixture
def theirs_elsewhere(empty_database: str) -> TheirTable:
    """A table of dramatiq-pg's in a database of its own."""
    return TheirTable(empty_database)


@pytest.fixture(params=["in one database", "in two databases"])
def theirs(request: pytest.FixtureRequest) -> TheirTable:
    """A table of dramatiq-pg's, in our broker's database and in another one."""
    one = request.param == "in one database"
    table: TheirTable = request.getfixturevalue("theirs_here" if one else "theirs_elsewhere")
    return table
