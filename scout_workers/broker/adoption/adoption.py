"""Moving messages: in one commit where both tables are in one database, else in three steps."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple, Self

import psycopg

from scout_workers.broker.migrator import Migrator

from .errors import NoSuchSourceError, SourceUnavailableError
from .source import Source, State, connected
from .target import Target, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scout_workers.broker.pool import Connection

    from .source import DramatiqPg, Found

BATCH = 500

_NO_SUCH_TABLE = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.InvalidTextRepresentation,
)


class Moved(NamedTuple):
    """How many messages were moved: to be delivered, dead before, or dead since unreadable."""

    alive: int
    dead: int
    undecodable: int


class Adoption:
    """Moves messages out of a table of dramatiq-pg's, for as long as it is entered.

    Args:
        dsn: Our database, its schema up to date; a role that may write there, and create a table
            if the other one is in another database.
        source: The other table; a role that may read and delete there.
        schema: Our schema.
        one_database: Whether both are in one database. Where it is not known, say False: that is
            slower, and as safe.
        batch: How many messages a transaction moves.
    """

    def __init__(
        self,
        dsn: str,
        source: DramatiqPg,
        *,
        schema: str = "scout_broker",
        one_database: bool,
        batch: int = BATCH,
    ) -> None:
        self._dsn = dsn
        self._place = source
        self._schema = schema
        self._one_database = one_database
        self._batch = batch
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            SourceUnavailableError: The other database cannot be reached.
            NoSuchSourceError: There is no table of dramatiq-pg's.
            MigrationError: The table of notes could not be made.
            psycopg.Error: Our database cannot be reached.
        """
        with ExitStack() as stack:
            ours = stack.enter_context(connected(self._dsn))
            theirs = ours if self._one_database else stack.enter_context(self._connected())
            self._source = Source(theirs, self._place)
            self._target = Target(ours, self._schema)
            self.survey()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def survey(self) -> list[Found]:
        """Count what is over there and not done. Nothing is changed.

        Raises:
            NoSuchSourceError: There is no table of dramatiq-pg's.
            psycopg.Error: As the statement raises.
        """
        try:
            return self._source.survey()
        except _NO_SUCH_TABLE as error:
            reason = str(error).splitlines()[0]
        raise NoSuchSourceError(f"{self._place} is no table of dramatiq-pg's: {reason}")

    def move(
        self,
        *,
        consumed: bool = False,
        rejected: bool = False,
        told: Callable[[int], None] = lambda _: None,
    ) -> Moved:
        """Move what is queued or delayed, and go on where an earlier run was cut off.

        Each message is in one of the two tables at any moment, or in both but marked over there as
        being adopted. May be killed anywhere and run again, and run by several at once.

        Args:
            consumed: Also what is consumed and held by no live connection.
            rejected: Also what is dead, to be dead here.
            told: Told after each transaction how many messages it moved.

        Raises:
            SourceUnavailableError: The other database went away.
            psycopg.Error: Ours did, or a statement was refused. Either way, what was moved stays
                moved, and the same call goes on from there.
        """
        states = [State.QUEUED]
        states += [State.CONSUMED] * consumed + [State.REJECTED] * rejected
        total = Written()
        try:
            for step in self._steps(states):
                while (written := step()) is not None:
                    total = total.plus(written)
                    told(sum(written))
        except psycopg.OperationalError as error:
            if self._one_database or not self._source.connection.closed:
                raise
            reason = str(error).strip()
        else:
            return Moved(*total)
        raise SourceUnavailableError(f"the database of {self._place} went away: {reason}")

    def _steps(self, states: Sequence[State]) -> Iterator[Callable[[], Written | None]]:
        """Yield what is to be done again and again until it returns None."""
        cut_off = any(found.state is State.BEGUN for found in self.survey())
        marks = cut_off or not self._one_database
        if marks:
            notes = files(__package__).joinpath("migrations")
            Migrator(self._dsn, schema=self._schema, folder=notes, series="adoption").apply()
            yield self._carry
        step = self._take if self._one_database else self._mark_and_carry
        for state in states:
            yield partial(step, state)
        if marks:
            # Who carries at the same time may have had our rows, and left his own to us.
            yield self._carry

    def _take(self, state: State) -> Written | None:
        with self._source.connection.transaction():
            ids = self._source.choose(state, self._batch)
            return self._target.write(self._source.take(ids)) if ids else None

    def _mark_and_carry(self, state: State) -> Written | None:
        with self._source.connection.transaction():
            ids = self._source.choose(state, self._batch)
            if not ids:
                return None
            self._source.mark(ids)
        # Nothing, where somebody else who adopts has taken them from here.
        return self._carry() or Written()

    def _carry(self) -> Written | None:
        """Write marked rows here, then delete them over there, then drop the notes of it."""
        with self._source.connection.transaction():
            taken = self._source.marked(self._batch)
            if not taken:
                return None
            with self._target.connection.transaction():
                new = self._target.note(taken)
                written = self._target.write(new)
            self._source.delete(taken)
        self._target.forget(taken)
        return written

    def _connected(self) -> Connection:
        try:
            return connected(self._place.dsn)
        except psycopg.OperationalError as error:
            reason = str(error).strip()
        raise SourceUnavailableError(f"the database of {self._place} does not answer: {reason}")
