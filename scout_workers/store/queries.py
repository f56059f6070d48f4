"""The store's SQL: one statement a file in queries/, its reason on top."""

from __future__ import annotations

from importlib import resources

from psycopg import sql


def query(name: str) -> sql.SQL:
    """Read queries/<name>.sql; modules do so once, when they are imported.

    Raises:
        FileNotFoundError: There is no such query.
    """
    text = resources.files(__package__).joinpath("queries", f"{name}.sql").read_text("utf-8")
    return sql.SQL(text)
