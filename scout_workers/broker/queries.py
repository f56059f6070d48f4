"""The broker's SQL: one statement a file in queries/, its reason on top, read once a process."""

from __future__ import annotations

from functools import cache
from importlib import resources

from psycopg import sql


@cache
def query(name: str, schema: str) -> sql.Composed:
    """Return the statement in queries/<name>.sql with `{schema}` filled in.

    Raises:
        FileNotFoundError: There is no such query.
    """
    text = resources.files(__package__).joinpath("queries", f"{name}.sql").read_text("utf-8")
    return sql.SQL(text).format(schema=sql.Identifier(schema))


@cache
def statement(name: str, schema: str) -> bytes:
    """Return what `query` does as psycopg sends it, which need not be made again each time.

    Raises:
        FileNotFoundError: There is no such query.
    """
    return query(name, schema).as_bytes()
