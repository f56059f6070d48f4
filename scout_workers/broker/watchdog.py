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
        self._watched: dict[int, socket.socket] = {}
        self._next = 0

    @contextlib.contextmanager
    def watching(self, handle: socket.socket, seconds: float) -> Iterator[None]:
        """Shut a connection's socket down if the block takes longer than `seconds`.

        Args:
            handle: A duplicate of the connection's descriptor (see `duplicate`).
            seconds: How long.
        """
        number = self._arm(handle, time.monotonic() + seconds)
        try:
            yield
        finally:
            with self._condition:
                self._watched.pop(number, None)

    def _arm(self, handle: socket.socket, at: float) -> int:
        if self._pid != os.getpid():
            self._start()
        with self._condition:
            number = self._next = self._next + 1
            self._watched[number] = handle
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
                handle = self._watched.pop(number, None)
                if handle is not None:
                    with contextlib.suppress(OSError):  # already gone: what we wanted
                        handle.shutdown(socket.SHUT_RDWR)
            return None


def duplicate(descriptor: int) -> socket.socket:
    """Return a handle on a socket that stays valid when its owner closes the original.

    psycopg may close the original while it is still watched, and the number could then belong to
    somebody else's socket.
    """
    return socket.socket(fileno=os.dup(descriptor))


_starting = threading.Lock()
watchdog = Watchdog()
