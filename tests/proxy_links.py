"""The connections that pass through a cable: see fix_proxy."""

from __future__ import annotations

import socket
import struct
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading

CHUNK = 65536
_WAITING_CHUNKS = 256
_LINGER_NOT = struct.pack("ii", 1, 0)  # close() sends RST


@dataclass
class Faults:
    """What the cable does to everything that passes."""

    silent: bool = False
    delay: float = 0.0
    drip: tuple[int, float] | None = None
    lost_reply: tuple[bytes, threading.Event] | None = None


@dataclass(eq=False)
class Flow:
    """One direction of a connection; an empty chunk is the end of the stream."""

    source: socket.socket
    sink: socket.socket
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)
    ended: bool = False

    @property
    def thirsty(self) -> bool:
        """Whether to read on: not past the end, and no more than the other side can take."""
        return not self.ended and len(self.waiting) < _WAITING_CHUNKS

    @property
    def over(self) -> bool:
        """Whether the end of the stream was handed on."""
        return self.ended and not self.waiting

    def take(self, data: bytes, delay: float, drip: tuple[int, float] | None) -> None:
        """Queue what was read, each piece for its time."""
        last = self.waiting[-1][0] if self.waiting else 0.0
        due = max(time.monotonic() + delay, last)
        size, pause = drip or (len(data) or 1, 0.0)
        pieces = [data[start : start + size] for start in range(0, len(data), size)] or [b""]
        self.waiting.extend((due + pause * i, piece) for i, piece in enumerate(pieces, 1))
        self.ended = not data

    def deliver(self) -> None:
        """Send what is due, as far as the sink takes it."""
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            due, data = self.waiting[0]
            if not data:
                self.sink.shutdown(socket.SHUT_WR)
            elif (sent := self.sink.send(data)) < len(data):
                self.waiting[0] = (due, data[sent:])
                return
            self.waiting.popleft()


class Link:
    """A client's connection, and ours to the server in its name."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self.up = Flow(client, server)
        self.down = Flow(server, client)
        self.deaf = False
        self._doomed: threading.Event | None = None
        for end in (client, server):
            end.settimeout(0)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def serve(self, ready: set[int], faults: Faults) -> bool:
        """Move what can be moved; False if the connection is over."""
        try:
            for flow in (self.up, self.down):
                with suppress(BlockingIOError):  # this way only: the other may be what unblocks it
                    flow.deliver()
                    if flow.thirsty and flow.source.fileno() in ready:
                        self._read(flow, faults)
                        flow.deliver()
        except OSError:
            self.reset()
            return False
        if self.up.over and self.down.over:
            self.client.close()
            self.server.close()
            return False
        return True

    def deafen(self) -> None:
        """Close the server's end; the client's stays open and silent."""
        self.deaf = True
        self.server.close()

    def reset(self) -> None:
        """Break both ends."""
        for end in (self.client, self.server):
            reset(end)

    def _read(self, flow: Flow, faults: Faults) -> None:
        data = flow.source.recv(CHUNK)
        if flow is self.up and faults.lost_reply and faults.lost_reply[0] in data:
            self._doomed, faults.lost_reply = faults.lost_reply[1], None
        if flow is self.down and self._doomed:
            self._doomed.set()
            raise ConnectionResetError("the answer is lost")
        flow.take(data, faults.delay, faults.drip if flow is self.down else None)


def reset(end: socket.socket) -> None:
    """Close a connection with RST instead of FIN."""
    if end.fileno() >= 0:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        end.close()
