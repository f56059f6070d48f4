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
from .watchdog import duplicate, watchdog

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

MAX_IDLE_SECONDS = 60.0
# A connection used so lately may be lent again without a look whether the server has said goodbye:
# the look gives the interpreter's lock away, and a busy worker gets it back milliseconds later.
TRUST_SECONDS = 0.1


@dataclass(slots=True)
class _Member:
    connection: Connection
    handle: socket.socket  # the watchdog's own on its socket
    returned_at: float = 0.0

    def close(self) -> None:
        self.connection.close()
        self.handle.close()

    def is_recent(self) -> bool:
        return time.monotonic() - self.returned_at < TRUST_SECONDS

    def is_alive(self) -> bool:
        # An idle connection has nothing to read. If it has, the server said goodbye: an error
        # message, or the end of the stream.
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)


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
        self._idle: deque[_Member] = deque()  # the last returned is on the right
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
        self,
        *,
        timeout: float | None = None,
        operation_timeout: float | None = None,
        trusting: bool = False,
    ) -> Iterator[Connection]:
        """Borrow a connection for one short operation.

        Args:
            timeout: Seconds to wait for a free connection, instead of the pool's own.
            operation_timeout: Seconds it may be held, instead of the pool's own.
            trusting: Whether a connection that was used a moment ago may turn out to be dead: for
                what is repeated anyway.

        Raises:
            BrokerUnavailableError: No connection was free in time.
            psycopg.Error: No connection could be made, or as the statements raise.
        """
        member = self._borrow(
            self._checkout_timeout if timeout is None else timeout, trusting=trusting
        )
        since = time.monotonic()
        try:
            with watchdog.watching(member.handle, operation_timeout or self._operation_timeout):
                yield member.connection
        finally:
            self._holds.add(time.monotonic() - since)
            self._give_back(member)

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

    def _borrow(self, timeout: float, *, trusting: bool = False) -> _Member:
        if self._pid != os.getpid():
            self._begin()
        started = time.monotonic()
        try:
            while (member := self._take(started + timeout)) is not None:
                if (trusting and member.is_recent()) or member.is_alive():
                    return member
                self._drop(member)
            return self._connect()
        finally:
            self._waits.add(time.monotonic() - started)

    def _take(self, deadline: float) -> _Member | None:
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
            return self._idle.pop()

    def _connect(self) -> _Member:
        try:
            connection = psycopg.connect(self._conninfo, autocommit=True, prepare_threshold=None)
            return _Member(connection, duplicate(connection.fileno()))
        except BaseException:
            with self._condition:
                self._size -= 1
                self._condition.notify()
            raise

    def _give_back(self, member: _Member) -> None:
        idle = psycopg.pq.TransactionStatus.IDLE
        # Whatever did not end in order may still have its answer on the wire.
        if member.connection.closed or member.connection.info.transaction_status != idle:
            self._drop(member)
            return
        member.returned_at = time.monotonic()
        with self._condition:
            self._idle.append(member)
            self._trim(older_than=MAX_IDLE_SECONDS)
            self._condition.notify()

    def _drop(self, member: _Member) -> None:
        member.close()
        with self._condition:
            self._size -= 1
            self._condition.notify()

    def _trim(self, *, older_than: float) -> None:
        oldest = time.monotonic() - older_than
        while self._idle and self._idle[0].returned_at <= oldest:
            self._idle.popleft().close()
            self._size -= 1
            self._condition.notify()
