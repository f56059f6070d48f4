"""Transactions: real, short, marked, bound by the deadline, and never nested."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TypeVar

import psycopg

from scout_workers import deadline, phases
from scout_workers.domain.terms import Terms
from scout_workers.store.aside import Aside
from scout_workers.store.errors import (
    CommitLostError,
    NestedTransactionError,
    StoreUnavailableError,
)
from scout_workers.store.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scout_workers.store.connections import Connection, ConnectionSource

T = TypeVar("T")

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0

# What a statement is not to blame for: the server was away, or ended this session for its silence.
AWAY = (
    StoreUnavailableError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.IdleInTransactionSessionTimeout,
)

logger = logging.getLogger(__name__)


class Store:
    """Begins transactions on connections that it borrows for just as long.

    How long connections are waited for and held is measured where they come from: the pool.

    Args:
        pool: Where the connections come from.
        checkout_seconds: The longest wait for a connection, clipped to the deadline.
        statement_seconds: The longest a statement may run, lock waits included, clipped likewise.
        idle_seconds: How long the server keeps a transaction whose process has gone silent (a
            stopped worker must not go on holding row locks).
        historical_connections: The most that work on history borrows at a time, so that live work
            finds one though every thread of history wants one.
        terms: The terms under which models are asked; none: whoever is named, without limits.
        vectors: Whether pgvector's tables are there (the setting `vector_search`).
        gates: Where the connection comes from on which gates are passed (`store.aside`); none:
            from the pool, of which a begin then needs two at a time.
    """

    def __init__(
        self,
        pool: ConnectionSource,
        *,
        checkout_seconds: float = 10.0,
        statement_seconds: float = 5.0,
        idle_seconds: float = 15.0,
        terms: Terms | None = None,
        historical_connections: int = 6,
        vectors: bool = False,
        gates: ConnectionSource | None = None,
    ) -> None:
        self._pool = pool
        self._aside = Aside(gates or pool)
        self._checkout_seconds = checkout_seconds
        self._statement_seconds = statement_seconds
        self._idle_seconds = idle_seconds
        self._terms = terms or Terms()
        self._history = threading.BoundedSemaphore(historical_connections)
        self._vectors = vectors

    @property
    def vectors(self) -> bool:
        """Whether texts have vectors here, and pgvector's tables can be asked."""
        return self._vectors

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a transaction; commit when the block ends, roll back if it raises.

        The context counts as holding a transaction until the end: a model or blob call inside
        raises `TransactionHeldError`.

        Raises:
            NestedTransactionError: This context holds a transaction: pass that one on instead.
            StoreUnavailableError: No connection could be had; nothing was begun.
            CommitLostError: The block swallowed a statement's error and went on.
            DeadlineExceeded: No time is left (`deadline.at_least` grants some for clean-up).
            psycopg.Error: A statement or the commit failed. After a COMMIT whose reply was lost
                nobody knows whether it took effect: what follows must be safe to repeat.
        """
        if phases.transaction_is_open():
            raise NestedTransactionError(
                "store.transaction() inside store.transaction(): pass the open transaction on. "
                "Whoever waits for a second connection while holding one can wait for ever."
            )
        with ExitStack() as stack:
            if phases.work_is_historical():
                self._wait_turn(stack)
            connection = self._borrow(stack)
            stack.enter_context(phases.holding_transaction())
            stack.enter_context(_begun(connection, self._limits()))
            transaction = Transaction(connection, self._terms, self._aside)
            yield transaction
        transaction.run_hooks()

    def insist(self, work: Callable[[Transaction], T], *, seconds: float = 8.0) -> T:
        """Run `work` in a transaction of its own, again and again while the server is away.

        For what must not be lost, such as a paid answer. It goes on as long as the deadline
        allows and for at least `seconds`, even past the deadline.

        Args:
            work: What to do; safe to repeat, for it may have taken effect when it seemed to fail.
            seconds: How long to go on at least; below what lies between the attempt's budget and
                the hard limit, or the latter cuts in.

        Raises:
            StoreUnavailableError, psycopg.Error: The server stayed away.
            Exception: Whatever else `work` raises, at once.
        """
        pause = FIRST_PAUSE
        with deadline.at_least(seconds) as budget:
            while True:
                try:
                    with self.transaction() as transaction:
                        return work(transaction)
                except AWAY as error:
                    if budget.remaining() <= pause:
                        raise
                    # Once for each piece of work: with many at it, an outage must not fill the log.
                    level = logging.WARNING if pause == FIRST_PAUSE else logging.DEBUG
                    logger.log(level, "the store is away, insisting: %s", error)
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _wait_turn(self, stack: ExitStack) -> None:
        if not self._history.acquire(timeout=deadline.clip(self._checkout_seconds)):
            raise StoreUnavailableError("no connection to the database: history's are all in use")
        stack.callback(self._history.release)

    def _borrow(self, stack: ExitStack) -> Connection:
        timeout = deadline.clip(self._checkout_seconds)
        try:
            return stack.enter_context(self._pool.connection(timeout=timeout))
        except Exception as error:
            raise StoreUnavailableError(f"no connection to the database: {error}") from error

    def _limits(self) -> str:
        statement_ms = max(1, int(deadline.clip(self._statement_seconds) * 1000))
        return (
            f"SET LOCAL statement_timeout = {statement_ms}; "
            f"SET LOCAL idle_in_transaction_session_timeout = {int(self._idle_seconds * 1000)}"
        )


@contextmanager
def _begun(connection: Connection, limits: str) -> Iterator[None]:
    # Not connection.transaction(), whose BEGIN is a round trip of its own. Statements in one
    # message are one round trip, and PgBouncer keeps them on one server connection.
    connection.execute(f"BEGIN; {limits}".encode())
    try:
        yield
    except BaseException:
        _roll_back(connection)
        raise
    # Postgres answers COMMIT of a failed transaction with ROLLBACK, and calls that a success.
    if (done := connection.execute("COMMIT").statusmessage) != "COMMIT":
        raise CommitLostError(
            f"a statement in this transaction failed and its error was swallowed: {done}"
        )


def _roll_back(connection: Connection) -> None:
    try:
        connection.execute("ROLLBACK")
    except psycopg.Error as error:
        # The connection is lost, and the transaction with it; the pool drops such a connection.
        # The block's own error is the one worth raising.
        logger.debug("no rollback on a lost connection: %s", error)
