"""What Postgres and the way to it can say, and what a person should do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import psycopg
from psycopg import errors

if TYPE_CHECKING:
    from scout_workers.cli.place import Place


class Saying(NamedTuple):
    """A sentence for every error whose words match a pattern."""

    pattern: str
    sentence: str


# Connecting fails without an SQLSTATE, so the words of libpq and of the server are what there is.
# A server that speaks another language falls through to the sentence that quotes it.
_CONNECTING = (
    Saying(
        r"failed to resolve host",
        "The host {place.host!r} has no address: check its spelling in {place.setting}.",
    ),
    Saying(
        r"invalid port number|Servname not supported|connection option \"port\"",
        "The port {place.port!r} in {place.setting} is no port: write a number from 1 to 65535.",
    ),
    Saying(
        r"Connection refused|No such file or directory",
        "No Postgres answers {place}: check host and port in {place.setting}, and that the "
        "server is running.",
    ),
    Saying(
        r"timeout expired|timed out|No route to host|Network is unreachable",
        "The Postgres {place} cannot be reached: check host and port in {place.setting}, and "
        "what lies between (network, firewall).",
    ),
    Saying(
        r"password authentication failed|no password supplied|server login failed|auth failed",
        "The Postgres {place} does not accept the user {place.user!r} with this password: "
        "correct user and password in {place.setting}.",
    ),
    Saying(
        r'database ".*" does not exist|no such database',
        "The Postgres {place} has no database {place.database!r}: create it, or name another in "
        "{place.setting}.",
    ),
    Saying(
        r'role ".*" (does not exist|is not permitted to log in)|no such user',
        "The Postgres {place} does not let a user {place.user!r} in: create the user, or name "
        "another in {place.setting}.",
    ),
    Saying(
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        "The Postgres {place} does not let {place.user!r} in from this machine: allow it in the "
        "server's pg_hba.conf (or ask for SSL with ?sslmode=require in {place.setting}).",
    ),
    Saying(
        r"does not support SSL",
        "The Postgres {place} has no SSL, and {place.setting} asks for it: take sslmode out.",
    ),
    Saying(
        r"too many clients|remaining connection slots|too many connections|no more connections",
        "The Postgres {place} has no connection left: end what holds them, or raise its "
        "max_connections.",
    ),
    Saying(
        r"is starting up|is shutting down|not yet accepting|in recovery mode",
        "The Postgres {place} is just starting or stopping: try again in a moment.",
    ),
)

_NO_PGVECTOR = (
    "The Postgres {place} has no pgvector: install it there (on Debian and Ubuntu the package "
    "postgresql-<version>-pgvector), or set SCOUT_VECTOR_SEARCH=false to do without search by "
    "similarity."
)
_PGVECTOR_FORBIDDEN = (
    "The user {place.user!r} may not install pgvector in the database {place.database!r}: have a "
    "superuser run CREATE EXTENSION vector there once, or set SCOUT_VECTOR_SEARCH=false to do "
    "without search by similarity."
)
_NOT_MIGRATED = (
    "The database {place.database!r} has not been brought up to date: run `scout-workers migrate`."
)
_STATEMENTS: dict[type[psycopg.Error], str] = {
    errors.InsufficientPrivilege: (
        "The user {place.user!r} lacks a right in the database {place.database!r}: have its owner "
        "grant it (GRANT CREATE ON DATABASE …), or use the owner in {place.setting}."
    ),
    errors.UndefinedTable: _NOT_MIGRATED,
    errors.UndefinedColumn: _NOT_MIGRATED,
    errors.InvalidSchemaName: _NOT_MIGRATED,
    errors.ReadOnlySqlTransaction: (
        "The Postgres {place} takes no changes (it is a standby, or set read-only): name the "
        "primary in {place.setting}."
    ),
    errors.DiskFull: (
        "The disk of the Postgres {place} is full: make room there, then run this again."
    ),
    errors.AdminShutdown: (
        "The Postgres {place} was stopped or broke this off: see that it runs, then do it again."
    ),
    errors.QueryCanceled: (
        "The Postgres {place} took too long and the statement was broken off: see what it is "
        "busy with, then do it again."
    ),
}


def postgres_sentence(error: psycopg.Error, place: Place) -> str | None:
    """Return what to tell of an error of psycopg's; None where its own words have to do."""
    template = _of_statement(error) if error.sqlstate is not None else _of_connecting(error, place)
    return template.format(place=place) if template is not None else None


def _of_statement(error: psycopg.Error) -> str | None:
    words = str(error)
    if 'extension "vector"' in words or "vector.control" in words:
        forbidden = isinstance(error, errors.InsufficientPrivilege)
        return _PGVECTOR_FORBIDDEN if forbidden else _NO_PGVECTOR
    return next((said for kind, said in _STATEMENTS.items() if isinstance(error, kind)), None)


def _of_connecting(error: psycopg.Error, place: Place) -> str | None:
    if not isinstance(error, psycopg.OperationalError):
        return None
    first = str(error).strip().partition("\n")[0].replace("{", "{{").replace("}", "}}")
    if not place.setting:
        return f"The embedded Postgres cannot be used: {first}"
    if "@" in place.host:
        # The host holds a piece of the password: it must not be shown.
        return (
            "{place.setting} has more than one @: write one that belongs to the password as %40 "
            "(and : / % # there as %3A %2F %25 %23)."
        )
    words = str(error)
    for pattern, sentence in _CONNECTING:
        if re.search(pattern, words):
            return sentence
    return f"The Postgres {{place}} cannot be used: {first}"
