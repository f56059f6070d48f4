"""dramatiq-pg's table: where it is, and what is in it."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, LiteralString, NamedTuple
from uuid import UUID, uuid5

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scout_workers.broker.pool import Connection

# Of these and a row's id and time a note's key is made.
_NOTES = UUID("0b1f3a52-6f0e-5e0c-9d1b-6f8f4d0a7c11")


class State(StrEnum):
    """Where an undelivered message of dramatiq-pg's stands.

    QUEUED      waits for a worker
    DELAYED     waits for its time
    CONSUMED    was taken by a worker and never acknowledged, and no live connection holds it: the
                worker is gone, or it has lost its connection and may be at it still
    HELD        was taken by a worker whose connection lives: it may be running right now, or
                waiting for its time in that worker's memory
    REJECTED    is dead
    BEGUN       was being adopted when an earlier run was cut off
    """

    QUEUED = "queued"
    DELAYED = "delayed"
    CONSUMED = "consumed"
    HELD = "held"
    REJECTED = "rejected"
    BEGUN = "begun"


class DramatiqPg(NamedTuple):
    """Where a table of dramatiq-pg's is, as its own options say it."""

    dsn: str
    schema: str = "dramatiq"
    prefix: str = ""

    @property
    def table(self) -> sql.Composable:
        """The table, as SQL names it."""
        return sql.Identifier(self.schema, f"{self.prefix}queue")

    def __str__(self) -> str:
        return f"{self.schema}.{self.prefix}queue"


class Found(NamedTuple):
    """How many messages stand where; `actor` is None where there is no message in the row."""

    queue: str
    actor: str | None
    state: State
    messages: int


class Taken(NamedTuple):
    """One row; `marked` is when it was marked, in microseconds."""

    message_id: UUID
    queue: str
    rejected: bool
    text: str | None
    marked: int

    @property
    def key(self) -> UUID:
        """Its note's: the same message, sent over there once more, has another one."""
        return uuid5(_NOTES, f"dramatiq-pg/{self.message_id}/{self.marked}")


class Source:
    """Reads and takes from the table, on one connection; transactions are the caller's."""

    def __init__(self, connection: Connection, place: DramatiqPg) -> None:
        self.connection = connection
        self._names: dict[str, sql.Composable] = {"table": place.table}

    def survey(self) -> list[Found]:
        """Count everything that is not done."""
        rows = self._run("survey", {})
        return [Found(queue, actor, State(state), count) for queue, actor, state, count in rows]

    def choose(self, state: State, most: int) -> list[UUID]:
        """Lock the oldest rows of a state for this transaction, in their order."""
        if state is State.CONSUMED:
            rows = self._run("choose_consumed", {"most": most})
        else:
            rows = self._run("choose", {"most": most}, state=sql.Literal(str(state)))
        return [row[0] for row in rows]

    def take(self, ids: Sequence[UUID]) -> list[Taken]:
        """Delete rows and return them, in the order of `ids`."""
        rows = {row[0]: Taken(*row) for row in self._run("take", {"ids": list(ids)})}
        return [rows[each] for each in ids]

    def mark(self, ids: Sequence[UUID]) -> None:
        """Mark rows as being adopted."""
        self._run("mark", {"ids": list(ids)})

    def marked(self, most: int) -> list[Taken]:
        """Lock marked rows for this transaction and return them, the first marked first."""
        return [Taken(*row) for row in self._run("marked", {"most": most})]

    def delete(self, taken: Sequence[Taken]) -> None:
        """Delete rows that are locked by this transaction."""
        self._run("delete", {"ids": [each.message_id for each in taken]})

    def _run(
        self, name: str, parameters: Mapping[str, Any], **names: sql.Composable
    ) -> list[tuple[Any, ...]]:
        return run(self.connection, name, parameters, self._names | names)


def run(
    connection: Connection,
    name: str,
    parameters: Mapping[str, Any],
    names: Mapping[str, sql.Composable],
) -> list[tuple[Any, ...]]:
    """Run queries/<name>.sql and return its rows.

    Raises:
        psycopg.Error: As the statement raises.
    """
    cursor = connection.execute(sql.SQL(_text(name)).format(**names), parameters)
    return cursor.fetchall() if cursor.description is not None else []


def connected(dsn: str) -> Connection:
    """Connect for an adoption: straight or through PgBouncer.

    Raises:
        psycopg.OperationalError: The server could not be reached, or refused.
    """
    return psycopg.connect(
        dsn,
        autocommit=True,
        prepare_threshold=None,
        connect_timeout=5,
        application_name="scout_adopt",
    )


@cache
def _text(name: str) -> LiteralString:
    # Our own file: as literal as what stands in the source.
    text: Any = resources.files(__package__).joinpath("queries", f"{name}.sql").read_text("utf-8")
    literal: LiteralString = text
    return literal
