"""Databases that are cleaned and used again, since to clone one costs ten times as much.

A database is given back as it was cloned: no rows but those of its template, its sequences where
they were, nobody connected, and another name, so that what a test left running cannot find it.
One that cannot be cleaned so, for want of a table or with a trigger more, is dropped.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, LiteralString, TypeAlias
from uuid import uuid4

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterable

_Table: TypeAlias = "tuple[str, str]"

# A test that wrote more than this is cheaper forgotten than cleaned up after.
MOST_GROWTH = 8_000_000
# Larger templates were made to be large.
LARGEST = 40_000_000

_WRITTEN = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND pg_relation_size(c.oid) > 0
"""
# What DDL would change, and neither rows, VACUUM nor ANALYZE do.
_SHAPE = """
SELECT md5(string_agg(part, ';' ORDER BY part)) FROM (
    SELECT concat_ws(' ', oid, relname, relnamespace, relowner, relacl, reloptions, relkind,
                     relrowsecurity, relhastriggers, relhasrules)
    FROM pg_class WHERE oid >= 16384 AND relkind <> 't'
    UNION ALL SELECT concat_ws(' ', attrelid, attnum, xmin) FROM pg_attribute
    WHERE attrelid >= 16384
    UNION ALL SELECT concat_ws(' ', 'proc', oid, xmin) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', 'trigger', oid, xmin) FROM pg_trigger
    UNION ALL SELECT concat_ws(' ', 'constraint', oid, xmin) FROM pg_constraint
    UNION ALL SELECT concat_ws(' ', 'type', oid, xmin) FROM pg_type WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', 'schema', oid, xmin) FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL SELECT concat_ws(' ', 'extension', oid, xmin) FROM pg_extension
    UNION ALL SELECT concat_ws(' ', 'setting', setrole, setconfig) FROM pg_db_role_setting
    WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS parts (part)
"""


@dataclass(frozen=True)
class _Template:
    seeds: dict[_Table, str]
    sequences: dict[str, tuple[int, bool]]
    shape: str
    size: int


@dataclass
class UsedDatabases:
    """The clean databases of one process that runs tests.

    Attributes:
        server_url: A superuser's, on any database that stays.
    """

    server_url: str
    _free: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _templates: dict[str, _Template] = field(default_factory=dict)

    def take(self, template: str) -> str:
        """Return the name of a database that is as `template` is."""
        if self._free[template]:
            return self._free[template].pop()
        name = _new_name()
        self._on_the_server("CREATE DATABASE {} TEMPLATE {}", name, template)
        if template not in self._templates:
            with self._connect(name) as connection:
                self._templates[template] = _look(connection)
        return name

    def give_back(self, name: str, template: str) -> None:
        """Clean a database for the next who takes one; drop it if that cannot be done."""
        if self._templates[template].size > LARGEST or not (moved := self._move(name)):
            self.drop(name)
        elif self._clean(moved, self._templates[template]):
            self._free[template].append(moved)
        else:
            self.drop(moved)

    def drop(self, name: str) -> None:
        """Drop a database with its connections."""
        self._on_the_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def close(self) -> None:
        """Drop them all."""
        for names in self._free.values():
            for name in names:
                self.drop(name)
        self._server.close()

    @cached_property
    def _server(self) -> psycopg.Connection:
        return psycopg.connect(self.server_url, autocommit=True)

    def _move(self, name: str) -> str | None:
        moved = _new_name()
        self._server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )
        try:
            self._on_the_server("ALTER DATABASE {} RENAME TO {}", name, moved)
        except (psycopg.errors.ObjectInUse, psycopg.errors.InvalidCatalogName):
            return None  # somebody came back at once, or the test dropped it
        return moved

    def _clean(self, name: str, template: _Template) -> bool:
        with self._connect(name) as connection:
            if (
                _size(connection) > template.size + MOST_GROWTH
                or _shape(connection) != template.shape
            ):
                return False
            connection.execute("SET session_replication_role = replica")  # no triggers
            for table in _written(connection) - template.seeds.keys():
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))
                connection.execute(sql.SQL("VACUUM {}").format(sql.Identifier(*table)))
            for sequence, last in template.sequences.items():
                connection.execute("SELECT setval(%s::regclass, %s, %s)", [sequence, *last])
            connection.execute("SELECT pg_stat_reset()")
            return _contents(connection, template.seeds) == template.seeds

    def _connect(self, name: str) -> psycopg.Connection:
        return psycopg.connect(self.server_url, dbname=name, autocommit=True)

    def _on_the_server(self, statement: LiteralString, *names: str) -> None:
        self._server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _new_name() -> str:
    return f"scout_test_{uuid4().hex}"


def _look(connection: psycopg.Connection) -> _Template:
    size = _size(connection)
    seeds = _contents(connection, _written(connection)) if size <= LARGEST else {}
    return _Template(seeds, _sequences(connection), _shape(connection), size)


def _sequences(connection: psycopg.Connection) -> dict[str, tuple[int, bool]]:
    query = """
        SELECT seqrelid::regclass::text, coalesce(pg_sequence_last_value(seqrelid), seqstart),
               pg_sequence_last_value(seqrelid) IS NOT NULL
        FROM pg_sequence
    """
    return {name: (last, called) for name, last, called in connection.execute(query)}


def _written(connection: psycopg.Connection) -> set[_Table]:
    """Return the tables that hold a page: all with rows, and some that held some."""
    return set(connection.execute(_WRITTEN).fetchall())


def _contents(connection: psycopg.Connection, tables: Iterable[_Table]) -> dict[_Table, str]:
    rows = sql.SQL("SELECT md5(string_agg(t::text, ';' ORDER BY t::text)) FROM {} t")
    found = {}
    for table in tables:
        (found[table],) = connection.execute(rows.format(sql.Identifier(*table))).fetchone() or (
            "",
        )
    return found


def _shape(connection: psycopg.Connection) -> str:
    (shape,) = connection.execute(_SHAPE).fetchone() or ("",)
    return str(shape)


def _size(connection: psycopg.Connection) -> int:
    (size,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    return int(size)
