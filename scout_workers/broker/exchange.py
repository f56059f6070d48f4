"""One statement and its answer as one exchange with libpq.

psycopg waits for an answer piece by piece, and gives the interpreter's lock away for each. In a
worker that is busy the lock comes back after five milliseconds: a claim of 500 messages took 5 ms
by Postgres and 25 by the clock. Here it is given away once. What psycopg does with values it does
here too.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .pool import Connection

_GOOD = {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}


class _Numbered(NamedTuple):
    text: bytes
    names: tuple[str, ...]
    formats: tuple[PyFormat, ...]


def run(
    connection: Connection, text: bytes, parameters: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows; none for a plain write.

    Python's own signal handlers wait until the server has answered, or until the pool's watchdog
    has shut the socket.

    Raises:
        psycopg.OperationalError: The connection is lost.
        psycopg.Error: The statement was refused.
    """
    text, names, formats = _numbered(text)
    transformer = Transformer(connection)
    values = transformer.dump_sequence([parameters[name] for name in names], formats)
    libpq = connection.pgconn
    result = libpq.exec_params(
        text, values, transformer.types, transformer.formats, pq.Format.BINARY
    )
    if result.status not in _GOOD:
        encoding = connection.info.encoding
        if libpq.status == pq.ConnStatus.BAD:
            raise psycopg.OperationalError(libpq.get_error_message(encoding))
        raise error_from_result(result, encoding)
    if not result.nfields:
        return []
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)


@cache
def _numbered(text: bytes) -> _Numbered:
    """Turn %(name)s into $1, and %% into %."""
    names: dict[str, int] = {}

    def place(found: re.Match[bytes]) -> bytes:
        if found[0] == b"%%":
            return b"%"
        return b"$%d" % names.setdefault(found[1].decode(), len(names) + 1)

    numbered = re.sub(rb"%%|%\((\w+)\)s", place, text)
    return _Numbered(numbered, tuple(names), (PyFormat.BINARY,) * len(names))
