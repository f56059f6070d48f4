"""A small pool of connections that behaves behind PgBouncer and when the server goes away.

Not psycopg_pool: a borrower should see why a connection cannot be made ("password
authentication failed"), at once, and not a time-out of a pool whose workers back off out of sight.
Connections are made in the borrower's thread, so there is nothing to back off (docs/adr/0037).
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections import deque
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from psycopg.conninfo import make_conninfo

from .errors import BrokerUnavailableError
from .timings import Recorder, Timing
from .watchdog import watchdog

if TYPE_CHECKING:
    from collections.abc import Iterator

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

MAX_IDLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class PoolStats:
    """A pool as it is now: connections, and how long borrowers waited for and held them."""

    application_name: str
    size: int
    idle: int
    max_size: int
    waits: Timing
    holds: Timing


class Pool:
    """Borrowed connections: autocommit, nothing prepared, no session state, a deadline each.

    Connections are opened by the process that uses them: what crossed a fork is left to the
    parent, and the child opens its own.

    Args:
        dsn: Where Postgres or PgBouncer listens.
        application_name: How these connections show in pg_stat_activity.
        max_size: The most connections ever open.
        checkout_timeout: Seconds a borrower waits before `BrokerUnavailableError`.
        operation_timeout: Seconds a connection may be held before its socket is shut.
    """

    def __init__(
        self,
        dsn: str,
        *,
        application_name: str,
        max_size: int,
        checkout_timeout: float = 10.0,
        operation_timeout: float = 10.0,
    ) -> None:
        self.application_name = application_name
        self.max_size = max_size
        self._checkout_timeout = checkout_timeout
        self._operation_timeout = operation_timeout
        self._conninfo = make_conninfo(
            dsn,
            application_name=application_name,
            connect_timeout=5,
            keepalives_idle=30,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=10_000,
        )
        self._waits = Recorder()
        self._holds = Recorder()
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._condition = threading.Condition()
        self._idle: deque[tuple[Connection, float]] = deque()  # the last returned is on the right
        self._size = 0

    def warm(self) -> None:
        """Open every connection there may be, before many ask at once; idle ones close in time.

        Raises:
            psycopg.Error: No connection could be made.
        """
        with ExitStack() as stack:
            for _ in range(self.max_size):
                stack.enter_context(self.connection())

    def close(self) -> None:
        """Close the idle connections; those in use close as they come back."""
        if self._pid != os.getpid():
            return
        with self._condition:
            self._trim(older_than=0.0)

    @contextmanager
    def connection(
        self, *, timeout: float | None = None, operation_timeout: float | None = None
    ) -> Iterator[Connection]:
        """Borrow a connection for one short operation.

        Args:
            timeout: Seconds to wait for a free connection, instead of the pool's own.
            operation_timeout: Seconds it may be held, instead of the pool's own.

        Raises:
            BrokerUnavailableError: No connection was free in time.
            psycopg.Error: No connection could be made, or as the statements raise.
        """
        connection = self._borrow(self._checkout_timeout if timeout is None else timeout)
        since = time.monotonic()
        try:
            with watchdog.watching(connection, operation_timeout or self._operation_timeout):
                yield connection
        finally:
            self._holds.add(time.monotonic() - since)
            self._give_back(connection)

    def stats(self) -> PoolStats:
        """Tell how the pool is doing."""
        with self._condition:
            size, idle = self._size, len(self._idle)
        return PoolStats(
            application_name=self.application_name,
            size=size,
            idle=idle,
            max_size=self.max_size,
            waits=self._waits.summary(),
            holds=self._holds.summary(),
        )

    def _borrow(self, timeout: float) -> Connection:
        if self._pid != os.getpid():
            self._begin()
        started = time.monotonic()
        try:
            while (connection := self._take(started + timeout)) is not None:
                if _is_alive(connection):
                    return connection
                self._drop(connection)
            return self._connect()
        finally:
            self._waits.add(time.monotonic() - started)

    def _take(self, deadline: float) -> Connection | None:
        """Return an idle connection, or None for the right to make a new one."""
        with self._condition:
            while not self._idle:
                if self._size < self.max_size:
                    self._size += 1
                    return None
                if not self._condition.wait(deadline - time.monotonic()):
                    raise BrokerUnavailableError(
                        f"all {self.max_size} connections of {self.application_name} are in use"
                    )
            return self._idle.pop()[0]

    def _connect(self) -> Connection:
        try:
            return psycopg.connect(self._conninfo, autocommit=True, prepare_threshold=None)
        except BaseException:
            with self._condition:
                self._size -= 1
                self._condition.notify()
            raise

    def _give_back(self, connection: Connection) -> None:
        idle = psycopg.pq.TransactionStatus.IDLE
        # Whatever did not end in order may still have its answer on the wire.
        if connection.closed or connection.info.transaction_status != idle:
            self._drop(connection)
            return
        with self._condition:
            self._idle.append((connection, time.monotonic()))
            self._trim(older_than=MAX_IDLE_SECONDS)
            self._condition.notify()

    def _drop(self, connection: Connection) -> None:
        connection.close()
        with self._condition:
            self._size -= 1
            self._condition.notify()

    def _trim(self, *, older_than: float) -> None:
        oldest = time.monotonic() - older_than
        while self._idle and self._idle[0][1] <= oldest:
            self._idle.popleft()[0].close()
            self._size -= 1
            self._condition.notify()


def _is_alive(connection: Connection) -> bool:
    # An idle connection has nothing to read. If it has, the server said goodbye: an error
    # message, or the end of the stream.
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
