"""The broker's statements against its pool, each safe to repeat, and repeated while it helps."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

from . import exchange
from .errors import BrokerError, BrokerUnavailableError
from .queries import statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .pool import Connection, Pool

T = TypeVar("T")

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0

_NOT_MIGRATED = (
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.UndefinedTable,
)


class Database:
    """Runs the broker's queries by name.

    Args:
        pool: Where the connections come from.
        schema: The schema the broker's tables are in.
    """

    def __init__(self, pool: Pool, schema: str) -> None:
        self.pool = pool
        self.schema = schema

    def run(
        self, name: str, parameters: Mapping[str, Any], *, on: Connection | None = None
    ) -> list[tuple[Any, ...]]:
        """Run queries/<name>.sql once and return its rows (none for a plain write).

        Args:
            name: The query.
            parameters: Its parameters.
            on: A connection to use; by default one of the pool's, for this statement alone.

        Raises:
            BrokerUnavailableError: The server could not be reached or did not answer.
            BrokerError: The schema is not there.
            psycopg.Error: The statement was refused.
        """
        if on is not None:
            return _rows(on, statement(name, self.schema), parameters)
        return self.once(
            lambda connection: _rows(connection, statement(name, self.schema), parameters)
        )

    def copy(self, name: str, data: Iterable[bytes], *, on: Connection) -> None:
        """Run queries/<name>.sql, a COPY FROM STDIN, on a connection and feed it.

        Raises:
            psycopg.Error: The statement or the data was refused.
        """
        with on.cursor() as cursor, cursor.copy(statement(name, self.schema)) as copy:
            for piece in data:
                copy.write(piece)

    def once(self, operation: Callable[[Connection], T], *, trusting: bool = False) -> T:
        """Do something on one of the pool's connections, naming what went wrong in our words.

        Args:
            operation: What to do.
            trusting: As for the pool's `connection`.

        Raises:
            BrokerUnavailableError: The server could not be reached or did not answer.
            BrokerError: The schema is not there.
            psycopg.Error: A statement was refused.
        """
        try:
            with self.pool.connection(trusting=trusting) as connection:
                return operation(connection)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise BrokerUnavailableError(str(error).strip()) from error
        except _NOT_MIGRATED as error:
            raise BrokerError(
                f"the broker's tables are not in schema {self.schema}: run its migrations first "
                f"({str(error).splitlines()[0]})"
            ) from error

    def insist(self, operation: Callable[[Connection], T], *, seconds: float) -> T:
        """Do something that is safe to repeat, again and again while the server is away.

        Args:
            operation: What to do; it may have taken effect each time it seemed to fail.
            seconds: How long to go on trying.

        Raises:
            BrokerUnavailableError: The server stayed away.
            psycopg.Error: A statement was refused.
        """
        return self._repeat(operation, seconds, lambda: True)

    def reach(self, operation: Callable[[Connection], T], *, seconds: float) -> T:
        """Do something that is not safe to repeat, once there is a connection to do it on.

        Args:
            operation: What to do; after an error it may or may not have taken effect.
            seconds: How long to go on trying to get a connection.

        Raises:
            BrokerUnavailableError: The server stayed away, or broke off.
            psycopg.Error: A statement was refused.
        """
        begun = False

        def begin(connection: Connection) -> T:
            nonlocal begun
            begun = True
            return operation(connection)

        return self._repeat(begin, seconds, lambda: not begun)

    def _repeat(
        self, operation: Callable[[Connection], T], seconds: float, may_repeat: Callable[[], bool]
    ) -> T:
        deadline = time.monotonic() + seconds
        pause = FIRST_PAUSE
        while True:
            try:
                return self.once(operation)
            except BrokerUnavailableError:
                if time.monotonic() + pause > deadline or not may_repeat():
                    raise
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)


def _rows(
    connection: Connection, text: bytes, parameters: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    return exchange.run(connection, text, parameters)
