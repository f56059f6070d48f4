"""HTTP/1.1 as far as a provider's client speaks it, down to the single byte.

No library serves a Content-Length that is a lie, half a header or an RST on request, and those are
what this server is for (ADR 0080).
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from scout_workers.fake_llm.errors import Kind, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD_LIMIT: Final = 65_536
BODY_LIMIT: Final = 64 * 1024 * 1024
_RST_ON_CLOSE: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; header names in lower case, the path as it was escaped."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def closes(self) -> bool:
        """Whether the connection is not to be kept."""
        return self.headers.get("connection", "").lower() == "close"


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole, correct answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def with_headers(self, **headers: str) -> Reply:
        """Return the same with more headers (`retry_after="3"`)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})

    def head(self, *, length: int | None, **headers: str) -> bytes:
        """Return status line and headers; without a length the body is sent in chunks."""
        lines = [f"HTTP/1.1 {self.status} {_phrase(self.status)}"]
        framing = (
            {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
        )
        told = {"content-type": self.content_type, **framing, **self.headers, **headers}
        lines += [f"{name}: {value}" for name, value in told.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def whole(self) -> bytes:
        """Return the answer as it is sent."""
        return self.head(length=len(self.body)) + self.body


def _phrase(status: int) -> str:
    with suppress(ValueError):
        return HTTPStatus(status).phrase
    return "Overloaded" if status == 529 else "Unknown"  # noqa: PLR2004 - Anthropic's own


async def read_head(reader: asyncio.StreamReader) -> Request | None:
    """Read a request up to its body; None once the client has nothing more to ask.

    Raises:
        Trouble: It is no HTTP, or too long.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError as error:
        raise Trouble(Kind.TOO_LARGE, "the headers are too long") from error
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3:  # noqa: PLR2004 - method, target, version
        raise Trouble(Kind.BAD_REQUEST, "that is no HTTP request")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    path, _, query = parts[1].partition("?")
    return Request(parts[0], path, query, headers)


async def read_body(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: Request
) -> Request:
    """Read the body that belongs to a head.

    Raises:
        Trouble: It is too large, or its length is not told.
        asyncio.IncompleteReadError: The client left in the middle.
    """
    told = head.headers.get("content-length", "0")
    if "transfer-encoding" in head.headers or not told.isdecimal():
        raise Trouble(Kind.BAD_REQUEST, "send a Content-Length")
    if int(told) > BODY_LIMIT:
        raise Trouble(Kind.TOO_LARGE, "the request is too large")
    if head.headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return replace(head, body=await reader.readexactly(int(told)))


class Peer:
    """The client's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @property
    def gone(self) -> bool:
        """Whether the client has hung up."""
        return self.reader.at_eof() or self.writer.transport.is_closing()

    async def send(self, data: bytes) -> None:
        """Send bytes; ConnectionError once the client has gone."""
        self.writer.write(data)
        await self.writer.drain()

    async def drip(self, data: bytes, every: float) -> None:
        """Send one byte at a time, as long as anybody is there to take it."""
        for place in range(len(data)):
            if self.gone:
                return
            await self.send(data[place : place + 1])
            await asyncio.sleep(every)

    async def until_gone(self) -> None:
        """Say nothing until the client has had enough."""
        while not self.gone:
            await self.reader.read(65_536)

    def hang_up(self) -> None:
        """End the connection in order (FIN)."""
        self.writer.close()

    def reset(self) -> None:
        """End the connection with RST."""
        sock: Any = self.writer.get_extra_info("socket")
        if sock is not None:
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST_ON_CLOSE)
        self.writer.transport.abort()
