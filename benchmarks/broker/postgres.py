"""The server under test: fresh databases, and what it counts."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Self

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from .processor import cpu_of_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTLE_SECONDS = 5.0
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


class NotDurableError(Exception):
    """The server is set to lose data: figures measured on it would be worth nothing."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a database has done so far: transactions, bytes of WAL, seconds of processor."""

    transactions: int
    wal: int
    cpu: float

    def __sub__(self, other: Self) -> Counts:
        return Counts(
            self.transactions - other.transactions, self.wal - other.wal, self.cpu - other.cpu
        )


class Postgres:
    """A server with a role that may create databases.

    Args:
        url: The server, and the database from which the others are looked at.
        pid: The postmaster, if it runs here.

    Raises:
        NotDurableError: fsync, synchronous_commit or full_page_writes is off.
    """

    def __init__(self, url: str, pid: int | None = None) -> None:
        self.url = url
        self._pid = pid
        self._numbers = count(1)
        self._connection = psycopg.connect(url, autocommit=True, application_name="bench_watch")
        for name in DURABLE:
            if self.one(sql.SQL("SHOW {}").format(sql.Identifier(name))) != "on":
                raise NotDurableError(f"{name} is not on: the bars hold at default durability")

    def one(self, statement: str | sql.Composed, parameters: tuple[object, ...] = ()) -> Any:  # noqa: ANN401
        """Return the first column of the first row."""
        row = self._connection.execute(statement, parameters).fetchone()
        return None if row is None else row[0]

    def version(self) -> str:
        """Return the server's version."""
        return str(self.one("SHOW server_version"))

    def url_of(self, name: str) -> str:
        """Return the URL of a database."""
        head, _, tail = self.url.rpartition("/")
        question = tail.partition("?")[2]
        return f"{head}/{name}" + (f"?{question}" if question else "")

    def create(self, template: str | None = None) -> str:
        """Create a database, a copy of another if one is named, and return its name."""
        name = f"bench_{next(self._numbers)}_{time.monotonic_ns() % 1_000_000}"
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            self.wait_until_left(template)
            # Files are copied as they are: a million rows through the WAL would be a storm of it.
            statement += sql.SQL(" TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(template))
        self._connection.execute(statement)
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is in it."""
        self._connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """A database for the block."""
        name = self.create(template)
        try:
            yield name
        finally:
            self.drop(name)

    def wait_until_left(self, name: str) -> None:
        """Wait until nobody is connected: then all they did is counted too."""
        deadline = time.monotonic() + SETTLE_SECONDS
        statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        while self.one(statement, (name,)) and time.monotonic() < deadline:
            time.sleep(0.02)

    def counts(self, name: str) -> Counts:
        """Return what a database has done; its sessions' last second may not be counted yet."""
        self._connection.execute("SELECT pg_stat_clear_snapshot()")
        transactions = self.one(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = %s", (name,)
        )
        wal = self.one("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        return Counts(int(transactions), int(wal), self.cpu())

    def cpu(self) -> float:
        """Return the processor seconds of the server and its children; nan if it is elsewhere."""
        return cpu_of_tree(self._pid)

    def checkpoint(self) -> None:
        """Begin a measurement of WAL where every run begins: right after a checkpoint."""
        self._connection.execute("CHECKPOINT")

    def connections(self, name: str) -> dict[str, int]:
        """Count the connections to a database, by application name, the benchmark's own aside."""
        rows = self._connection.execute(
            "SELECT application_name, count(*) FROM pg_stat_activity "
            "WHERE datname = %s AND backend_type = 'client backend' "
            "AND application_name NOT IN ('bench', 'bench_watch', 'pgqueuer-producer') GROUP BY 1",
            (name,),
        ).fetchall()
        return {str(application): int(number) for application, number in rows}

    def connect(self, name: str) -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection of the benchmark's own to a database."""
        return psycopg.connect(
            make_conninfo(self.url_of(name), application_name="bench"), autocommit=True
        )
