"""A cable to cut: a TCP proxy on loopback that does to connections what networks do.

    cable = make_cable(database_url)      # cable.url goes through it
    cable.blackhole()                     # silence, for old connections and new ones
    cable.half_open()                     # the server's ends close, the clients never hear of it
    cable.reset()                         # every connection breaks at once; new ones are fine
    cable.refuse()                        # and nobody listens any more
    cable.delay(0.2)                      # each chunk arrives that many seconds late
    cable.drip(1, 0.05)                   # answers come a byte at a time
    cable.lose_reply_to(b"COMMIT")        # it is carried out, and the answer is lost
    cable.mend()                          # what was held back is delivered

A fault is in force when its method returns. One thread waits for sockets and for due times.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit, urlunsplit

import pytest
from proxy_links import CHUNK, Faults, Link, reset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ANSWER_SECONDS = 10.0
_PORTS = {"postgresql": 5432, "postgres": 5432, "http": 80}


class Cable:
    """The proxy: what it does to its connections is said by its methods, from any thread."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or _PORTS[parts.scheme])
        self._listener: socket.socket | None = socket.create_server(("127.0.0.1", 0))
        self._address = self._listener.getsockname()
        credentials, at, _ = parts.netloc.rpartition("@")
        place = f"{credentials}{at}127.0.0.1:{self._address[1]}"
        self.url = urlunsplit(parts._replace(netloc=place))
        self._links: set[Link] = set()
        self._faults = Faults()
        self._orders: deque[tuple[Callable[[], None], threading.Event]] = deque()
        self._bell, self._waker = socket.socketpair()
        self._over = False
        self._thread = threading.Thread(target=self._run, name="cable", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return int(self._address[1])

    @property
    def connections(self) -> int:
        """How many connections go through it now."""
        return len(self._links)

    def blackhole(self) -> None:
        self._do(lambda: setattr(self._faults, "silent", True))

    def delay(self, seconds: float) -> None:
        self._do(lambda: setattr(self._faults, "delay", seconds))

    def drip(self, size: int, every: float) -> None:
        self._do(lambda: setattr(self._faults, "drip", (size, every)))

    def lose_reply_to(self, request: bytes) -> threading.Event:
        """Break the next connection that sends these bytes when the server has answered them.

        Returns:
            Set when it has happened.
        """
        lost = threading.Event()
        self._do(lambda: setattr(self._faults, "lost_reply", (request, lost)))
        return lost

    def reset(self) -> None:
        self._do(self._reset_all)

    def refuse(self) -> None:
        self._do(self._stop_listening)
        self._do(self._reset_all)

    def half_open(self) -> None:
        self._do(self._deafen_all)

    def mend(self) -> None:
        self._do(self._mend)

    def close(self) -> None:
        """End it with all its connections."""
        self.refuse()
        self._do(lambda: setattr(self, "_over", True))
        self._thread.join(_ANSWER_SECONDS)
        self._bell.close()
        self._waker.close()

    def _do(self, order: Callable[[], None]) -> None:
        done = threading.Event()
        self._orders.append((order, done))
        self._waker.send(b"!")
        if not done.wait(_ANSWER_SECONDS):
            raise RuntimeError("the cable's thread does not answer")

    def _run(self) -> None:
        while not self._over:
            poll, timeout = self._prepare()
            ready = {descriptor for descriptor, _ in poll.poll(timeout)}
            if self._listener is not None and self._listener.fileno() in ready:
                self._accept(self._listener)
            if not self._faults.silent:
                served = {each for each in self._links if not each.deaf}
                self._links -= {each for each in served if not each.serve(ready, self._faults)}
            if self._bell.fileno() in ready:
                self._bell.recv(CHUNK)
                while self._orders:
                    order, done = self._orders.popleft()
                    order()
                    done.set()

    def _prepare(self) -> tuple[select.poll, float | None]:
        poll = select.poll()
        poll.register(self._bell, select.POLLIN)
        if self._listener is not None:
            poll.register(self._listener, select.POLLIN)
        now = time.monotonic()
        dues: list[float] = []
        wanted: dict[int, int] = {}
        for link in self._links:
            if self._faults.silent or link.deaf:
                continue
            for flow in (link.up, link.down):
                source, sink = flow.source.fileno(), flow.sink.fileno()
                if flow.thirsty:
                    wanted[source] = wanted.get(source, 0) | select.POLLIN
                if flow.waiting and flow.waiting[0][0] > now:
                    dues.append(flow.waiting[0][0] - now)
                elif flow.waiting:
                    wanted[sink] = wanted.get(sink, 0) | select.POLLOUT
        for descriptor, events in wanted.items():
            poll.register(descriptor, events)
        return poll, min(dues) * 1000 + 1 if dues else None

    def _accept(self, listener: socket.socket) -> None:
        client, _ = listener.accept()
        try:
            server = socket.create_connection(self._target, timeout=_ANSWER_SECONDS)
        except OSError:
            reset(client)
        else:
            self._links.add(Link(client, server))

    def _reset_all(self) -> None:
        while self._links:
            self._links.pop().reset()

    def _deafen_all(self) -> None:
        for link in self._links:
            link.deafen()

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _mend(self) -> None:
        self._faults = Faults()
        if self._listener is None:
            self._listener = socket.create_server(self._address)


class MakeCable(Protocol):
    """Lays a cable to whatever listens at the host and port of a URL."""

    def __call__(self, url: str) -> Cable: ...


@pytest.fixture
def make_cable() -> Iterator[MakeCable]:
    """Lays cables, which are gone after the test."""
    laid: list[Cable] = []

    def make(url: str) -> Cable:
        laid.append(Cable(url))
        return laid[-1]

    yield make
    for cable in laid:
        cable.close()
