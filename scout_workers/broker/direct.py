"""One message to Postgres by libpq itself.

An enqueue is one round trip and little else, so what psycopg's cursor does for a statement (adapt
the values, make a result) is a tenth of it. Nothing of that is needed for eight known values and
no answer but that there was no error.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result

from .queries import statement

if TYPE_CHECKING:
    from uuid import UUID

    from .pool import Connection
    from .row import NewRow

# Text goes as binary too: the text format would end at a NUL, this is refused for it.
_NAMES = (
    *("message_id", "key", "dedup_key", "queue", "actor"),
    *("priority", "delay_ms", "payload"),
)
_NUMBERS = {"priority", "delay_ms"}
_FORMATS = [pq.Format.TEXT if name in _NUMBERS else pq.Format.BINARY for name in _NAMES]
_DONE = {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}


def insert(connection: Connection, schema: str, row: NewRow, key: UUID) -> None:
    """Run insert_message.sql.

    Python's own signal handlers wait until the server has answered, or until the pool's watchdog
    has shut the socket.

    Args:
        connection: On it, in whatever transaction it is in.
        schema: Where the tables are.
        row: The message.
        key: The note's: under one key the message is written once.

    Raises:
        psycopg.OperationalError: The connection is lost.
        psycopg.Error: The statement was refused.
    """
    encoding = connection.info.encoding
    libpq = connection.pgconn
    result = libpq.exec_params(
        _numbered(schema),
        [
            row.message_id.encode(encoding),
            key.bytes,
            None if row.dedup_key is None else row.dedup_key.encode(encoding),
            row.queue.encode(encoding),
            row.actor.encode(encoding),
            b"%d" % row.priority,
            b"%d" % row.delay_ms,
            row.payload,
        ],
        param_formats=_FORMATS,
    )
    if result.status in _DONE:
        return
    if libpq.status == pq.ConnStatus.BAD:
        raise psycopg.OperationalError(libpq.get_error_message(encoding))
    raise error_from_result(result, encoding)


@cache
def _numbered(schema: str) -> bytes:
    text = statement("insert_message", schema)
    for place, name in enumerate(_NAMES, start=1):
        text = text.replace(b"%%(%s)s" % name.encode(), b"$%d" % place)
    return text
