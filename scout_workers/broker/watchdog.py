"""A deadline for every operation on a connection, kept from outside.

libpq waits for a server that has stopped (SIGSTOP, a black hole) for as long as TCP does. Nothing
inside the waiting thread can end that; shutting the socket down from another thread does.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection


class Watchdog:
    """Shuts down the sockets of operations that outlive their deadline.

    One daemon thread a process, started on first use and again in a forked child.
    """

    def __init__(self) -> None:
        self._pid = 0
        self._reset()

    def _reset(self) -> None:
        self._condition = threading.Condition()
        self._heap: list[tuple[float, int]] = []
        self._watched: dict[int, int] = {}  # watch number -> a duplicate of the socket
        self._next = 0

    @contextlib.contextmanager
    def watching(self, connection: Connection[object], seconds: float) -> Iterator[None]:
        """Shut the connection's socket down if the block takes longer than `seconds`."""
        # A duplicate descriptor: psycopg may close the original while it is still watched, and
        # the number could then belong to somebody else's socket.
        duplicate = os.dup(connection.fileno())
        number = self._arm(duplicate, time.monotonic() + seconds)
        try:
            yield
        finally:
            with self._condition:
                self._watched.pop(number, None)
            os.close(duplicate)

    def _arm(self, descriptor: int, at: float) -> int:
        if self._pid != os.getpid():
            self._start()
        with self._condition:
            number = self._next = self._next + 1
            self._watched[number] = descriptor
            heappush(self._heap, (at, number))
            if self._heap[0][1] == number:
                self._condition.notify()
        return number

    def _start(self) -> None:
        with _starting:
            if self._pid == os.getpid():
                return
            self._reset()
            self._pid = os.getpid()
            threading.Thread(target=self._run, name="broker-watchdog", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait(self.run_once(time.monotonic()))

    def run_once(self, now: float) -> float | None:
        """End what is due at `now`; return the seconds until the next deadline, None if none."""
        with self._condition:
            while self._heap:
                at, number = self._heap[0]
                if number in self._watched and at > now:
                    return at - now
                heappop(self._heap)
                descriptor = self._watched.pop(number, None)
                if descriptor is not None:
                    _shut_down(descriptor)
            return None


def _shut_down(descriptor: int) -> None:
    borrowed = socket.socket(fileno=os.dup(descriptor))
    with borrowed, contextlib.suppress(OSError):  # already gone: what we wanted
        borrowed.shutdown(socket.SHUT_RDWR)


_starting = threading.Lock()
watchdog = Watchdog()
