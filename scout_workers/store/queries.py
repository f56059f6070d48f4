"""The store's SQL: one statement a file in queries/, its reason on top.

What needs pgvector is in queries_vector/ and names the extension's schema as {vectors}, since a
server may keep it anywhere.
"""

from __future__ import annotations

from importlib import resources

from psycopg import sql


def query(name: str) -> sql.SQL:
    """Read queries/<name>.sql; modules do so once, when they are imported.

    Raises:
        FileNotFoundError: There is no such query.
    """
    return _read("queries", name)


def vector_query(name: str) -> sql.SQL:
    """Read queries_vector/<name>.sql, likewise; it is formatted before it is run.

    Raises:
        FileNotFoundError: There is no such query.
    """
    return _read("queries_vector", name)


def _read(folder: str, name: str) -> sql.SQL:
    text = resources.files(__package__).joinpath(folder, f"{name}.sql").read_text("utf-8")
    return sql.SQL(text)
