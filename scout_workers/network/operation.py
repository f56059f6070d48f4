"""One bounded operation: how long it may take, how much it may bring, and which sockets it uses."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

from scout_workers import deadline

if TYPE_CHECKING:
    from collections.abc import Iterator

_current: ContextVar[Operation] = ContextVar("network_operation")


class Operation:
    """Holds a handle of its own on every socket the operation uses, so as to cut them all.

    A socket's timeout starts anew with each byte, so a server that drips outlives any of them;
    only `shutdown` from another thread ends such a call. The handle is a duplicate descriptor:
    TLS takes the first descriptor away, and a closed one's number may already be someone else's.

    Attributes:
        subject: What it is about ("bucket/key", "openai"), for sentences.
        max_bytes: The longest answer to accept.
        connections_made: How many connections were opened for it.
    """

    def __init__(self, subject: str, max_bytes: int) -> None:
        self.subject = subject
        self.max_bytes = max_bytes
        self.connections_made = 0
        self._lock = threading.Lock()
        self._handles: dict[object, socket.socket] = {}
        self._cut = False

    def hold(self, connection: object, sock: socket.socket) -> None:
        """Take hold of a connection's socket; shut it at once if the operation was cut."""
        handle = socket.fromfd(sock.fileno(), sock.family, sock.type, sock.proto)
        with self._lock:
            old = self._handles.pop(connection, None)
            self._handles[connection] = handle
            if self._cut:
                _shut(handle)
        if old is not None:
            old.close()

    def holds(self) -> bool:
        """Tell whether any socket is held at all."""
        with self._lock:
            return bool(self._handles)

    def cut(self) -> None:
        """End every call blocked on one of the sockets, from any thread."""
        with self._lock:
            self._cut = True
            for handle in self._handles.values():
                _shut(handle)

    @property
    def was_cut(self) -> bool:
        """Whether `cut` ran."""
        return self._cut

    def let_go(self, connection: object) -> None:
        """Forget a connection before another operation may use it."""
        with self._lock:
            handle = self._handles.pop(connection, None)
        if handle is not None:
            handle.close()

    def close(self) -> None:
        """Let go of everything."""
        with self._lock:
            handles = list(self._handles.values())
            self._handles.clear()
        for handle in handles:
            handle.close()


def _shut(handle: socket.socket) -> None:
    with suppress(OSError):  # not connected, or the other side was faster
        handle.shutdown(socket.SHUT_RDWR)


def current() -> Operation:
    """The operation of this context.

    Raises:
        RuntimeError: A connection is made outside `bounded`, where nothing would end it.
    """
    operation = _current.get(None)
    if operation is None:
        raise RuntimeError("a connection is made outside bounded(): nothing would end it")
    return operation


def seconds_left() -> float:
    """Seconds this operation has left, for timeouts; never 0 or less.

    Raises:
        DeadlineExceeded: None are.
    """
    return deadline.clip(float("inf"))


@contextmanager
def bounded(subject: str, *, seconds: float, max_bytes: int) -> Iterator[Operation]:
    """Let a block use the network for at most `seconds`, or what the outer deadline has left.

    Args:
        subject: What it is about, for sentences.
        seconds: Wall-clock time for everything in the block.
        max_bytes: The longest answer to accept.

    Raises:
        DeadlineExceeded: The time was spent; whatever the block made of that is its cause.
    """
    operation = Operation(subject, max_bytes)
    token = _current.set(operation)
    try:
        with deadline.starting(seconds) as budget, budget.register(operation.cut):
            yield operation
    finally:
        _current.reset(token)
        operation.close()
