"""Our tables, as an adoption writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from psycopg import sql

from .heirs import Dead, Living, as_columns, heir
from .source import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from scout_workers.broker.pool import Connection

    from .source import Taken

_LIVING = ("message_ids", "queues", "actors", "delays_ms", "payloads")
_DEAD = (
    *("message_ids", "queues", "actors", "attempts"),
    *("enqueued_ms", "reasons", "errors", "payloads"),
)


class Written(NamedTuple):
    """How many messages were written, by what became of them."""

    alive: int = 0
    dead: int = 0
    undecodable: int = 0

    def plus(self, other: Written) -> Written:
        """Return the sums."""
        return Written(*map(sum, zip(self, other, strict=True)))


class Target:
    """Writes messages, on one connection; transactions are the caller's."""

    def __init__(self, connection: Connection, schema: str) -> None:
        self.connection = connection
        self._names = {"schema": sql.Identifier(schema)}
        self._table = sql.Identifier(schema, "message").as_string(None)

    def write(self, taken: Sequence[Taken]) -> Written:
        """Write what the rows become."""
        heirs = [heir(each) for each in taken]
        living = [each for each in heirs if isinstance(each, Living)]
        dead = [each for each in heirs if isinstance(each, Dead)]
        if living:
            run(self.connection, "put", as_columns(living, _LIVING), self._names)
        if dead:
            columns = as_columns(dead, _DEAD) | {"table": self._table}
            run(self.connection, "bury", columns, self._names)
        undecodable = sum(each.reason == "undecodable" for each in dead)
        return Written(len(living), len(dead) - undecodable, undecodable)

    def note(self, taken: Sequence[Taken]) -> list[Taken]:
        """Note rows of another database, and return those that were not noted before."""
        keys = [each.key for each in taken]
        new: set[UUID] = {
            row[0] for row in run(self.connection, "note", {"keys": keys}, self._names)
        }
        return [each for each in taken if each.key in new]

    def forget(self, taken: Sequence[Taken]) -> None:
        """Drop the notes of rows that are deleted over there."""
        keys = [each.key for each in taken]
        run(self.connection, "forget", {"keys": keys}, self._names)
