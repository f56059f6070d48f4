"""Messages as the bytes that a binary COPY takes.

psycopg would look up how each value of each row is dumped; here a row is a few byte strings, and
what its neighbours have in common is made once.
"""

from __future__ import annotations

from itertools import islice
from struct import pack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .row import NewRow

# https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS-BINARY
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_COLUMNS = pack(">h", 7)

# The server inserts one chunk while the next is made.
CHUNK = 100


def copied(rows: Iterable[NewRow], *, now: int, encoding: str) -> Iterator[bytes]:
    """Encode rows for copy_messages.sql; their dedup_keys are not among its columns.

    Args:
        rows: The messages.
        now: The transaction's time by the server, in microseconds since 2000.
        encoding: The connection's, of text.
    """
    alike: dict[tuple[str, str, int, int], bytes] = {}
    yield _HEADER
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        yield _chunk(chunk, alike, now, encoding)
    yield _END


def _chunk(
    rows: Iterable[NewRow], alike: dict[tuple[str, str, int, int], bytes], now: int, encoding: str
) -> bytes:
    pieces: list[bytes] = []
    for row in rows:
        kind = (row.queue, row.actor, row.priority, row.delay_ms)
        middle = alike.get(kind)
        if middle is None:
            middle = alike[kind] = _from_queue_to_time(row, now, encoding)
        message_id = row.message_id.encode(encoding)
        size = pack(">i", len(message_id))
        pieces += (_COLUMNS, size, message_id, middle)
        pieces.append(_sized(row.payload))
    return b"".join(pieces)


def _from_queue_to_time(row: NewRow, now: int, encoding: str) -> bytes:
    return b"".join(
        _sized(value)
        for value in (
            row.queue.encode(encoding),
            row.actor.encode(encoding),
            pack(">h", row.priority),
            b"scheduled" if row.delay_ms > 0 else b"ready",
            pack(">q", now + row.delay_ms * 1000),
        )
    )


def _sized(value: bytes) -> bytes:
    return pack(">i", len(value)) + value
