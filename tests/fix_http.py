"""Real servers on loopback that misbehave as told: silence, drips, resets, lies.

    def test_…(http_server: HTTPServer) -> None:
        http_server.plays(answer(b"hello"), silent)       # one behaviour a request, in order
        client.get(http_server.url)
        assert http_server.requests[0].path == "/"

The last behaviour is repeated. A behaviour is a plain function of an `Exchange`: write your own
where these do not do. `raw_server` gives whole connections away, for what is no HTTP at all.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from contextlib import ExitStack, suppress
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol, TypeAlias

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Self

_STOP_SECONDS = 10.0


class Peer:
    """One accepted connection."""

    def __init__(self, sock: socket.socket, over: threading.Event) -> None:
        self.sock = sock
        self._over = over

    def send(self, data: bytes) -> None:
        """Send bytes; OSError once the client has gone."""
        self.sock.sendall(data)

    def wait(self, seconds: float) -> bool:
        """Wait, then tell whether the test is over."""
        return self._over.wait(seconds)

    def goes_on(self, seconds: float = 0.0) -> bool:
        """Wait, then tell whether the test still runs and the client is still there."""
        if self.wait(seconds):
            return False
        try:
            return bool(self.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return True

    def drip(self, data: bytes, every: float) -> None:
        """Send one byte at a time, as long as anybody is there to take it."""
        for byte in data:
            if not self.goes_on(every):
                return
            self.send(bytes((byte,)))

    def hang_up(self) -> None:
        """End the connection in order (FIN)."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def reset(self) -> None:
        """End the connection with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.sock.detach())  # close() would wait for the stream made of the socket


class RawServer:
    """Accepts connections and gives each to `talk`, in a thread of its own."""

    def __init__(self, talk: Callable[[Peer], None]) -> None:
        self._talk = talk
        self._over = threading.Event()
        self._peers: list[Peer] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = self._listener.getsockname()[:2]
        self.url = f"http://{self.host}:{self.port}"
        self.connections = 0

    def __enter__(self) -> Self:
        self._start(self._accept, "test-server")
        return self

    def __exit__(self, *_raised: object) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for peer in self._peers:
            peer.hang_up()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)
            assert not thread.is_alive(), f"{thread.name} does not stop: a behaviour is stuck"

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            peer = Peer(sock, self._over)
            self._peers.append(peer)
            self._start(partial(self._serve, peer), f"test-server-{self.connections}")

    def _serve(self, peer: Peer) -> None:
        with suppress(OSError):  # the client went away, which is what most tests are about
            self._talk(peer)
        peer.hang_up()

    def _start(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()


class Request(NamedTuple):
    """One request as it came; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Exchange(NamedTuple):
    """One request, and the connection to answer it on."""

    request: Request
    peer: Peer


#: Answers one request; the connection is kept for the next unless it hangs up.
Behaviour: TypeAlias = "Callable[[Exchange], None]"


class HTTPServer(RawServer):
    """Reads requests and answers each by the next behaviour of its script."""

    def __init__(self) -> None:
        super().__init__(self._converse)
        self.requests: list[Request] = []
        self._script: list[Behaviour] = []
        self._lock = threading.Lock()

    def plays(self, *script: Behaviour) -> None:
        """Answer the coming requests so; the last behaviour is repeated."""
        with self._lock:
            self._script = list(script)

    def _converse(self, peer: Peer) -> None:
        with peer.sock.makefile("rb") as stream:
            while (request := _read_request(stream)) is not None:
                with self._lock:
                    self.requests.append(request)
                    behaviour = self._script.pop(0) if len(self._script) > 1 else self._script[0]
                behaviour(Exchange(request, peer))


def _read_request(stream: BinaryIO) -> Request | None:
    method, _, rest = stream.readline().decode("latin-1").partition(" ")
    headers = {}
    while (line := stream.readline().decode("latin-1")) not in {"\r\n", ""}:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if not rest:
        return None
    body = stream.read(int(headers.get("content-length", 0)))
    return Request(method, rest.split(" ")[0], headers, body)


def head(status: int = 200, **headers: object) -> bytes:
    """Status line and headers (`content_length=3`), up to and with the empty line."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(body: bytes = b"", status: int = 200, **headers: object) -> Behaviour:
    """A whole, correct answer."""
    return sends(head(status, content_length=len(body), **headers) + body)


def sends(data: bytes) -> Behaviour:
    """Exactly these bytes; the connection stays open."""
    return drips(data, b"")


def then_hangs_up(data: bytes) -> Behaviour:
    """Exactly these bytes, then an orderly end: a truncated answer, if they are one."""

    def behave(exchange: Exchange) -> None:
        exchange.peer.send(data)
        exchange.peer.hang_up()

    return behave


def then_resets(data: bytes = b"") -> Behaviour:
    """Exactly these bytes, then RST."""

    def behave(exchange: Exchange) -> None:
        exchange.peer.send(data)
        exchange.peer.reset()

    return behave


def drips(first: bytes, rest: bytes, every: float = 0.05) -> Behaviour:
    """`first` at once, `rest` a byte at a time: no socket timeout ever passes."""

    def behave(exchange: Exchange) -> None:
        exchange.peer.send(first)
        exchange.peer.drip(rest, every)

    return behave


def silent(exchange: Exchange) -> None:
    """Nothing, until the client has had enough."""
    while exchange.peer.goes_on(0.05):
        pass


@pytest.fixture
def http_server() -> Iterator[HTTPServer]:
    """One scriptable HTTP server, stopped with the test."""
    with HTTPServer() as server:
        yield server


class StartRawServer(Protocol):
    """Starts a server that gives each connection to `talk`; stopped with the test."""

    def __call__(self, talk: Callable[[Peer], None]) -> RawServer: ...


@pytest.fixture
def raw_server() -> Iterator[StartRawServer]:
    """Servers of whole connections, for what is no HTTP."""
    with ExitStack() as stack:
        yield lambda talk: stack.enter_context(RawServer(talk))
