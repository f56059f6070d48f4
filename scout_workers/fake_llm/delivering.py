"""What can go wrong with how an answer is sent, or not sent; what it says is in order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeAlias

    from scout_workers.fake_llm.http import Peer, Reply

    Delivery: TypeAlias = Callable[[Peer, Reply, "Manner"], Awaitable[bool]]

_PIECE: Final = b" " * 262_144
_PAGE: Final = (
    b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1>"
    b"</center><hr><center>nginx</center></body></html>\r\n"
)


@dataclass(frozen=True, slots=True)
class Manner:
    """The numbers of a delivery.

    Attributes:
        every: Seconds between two bytes of a drip.
        size: Bytes of a huge body.
    """

    every: float = 0.25
    size: int = 50_000_000


async def whole(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """Send all of it; like every delivery, tell whether the connection may be used again."""
    del manner
    await peer.send(reply.whole())
    return True


async def reset(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """RST, and not one byte."""
    del reply, manner
    peer.reset()
    return False


async def reset_midway(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """Half of the body, then RST."""
    del manner
    await peer.send(_without_its_end(reply))
    # What is sent must have left before the RST, which throws away what has not.
    await asyncio.sleep(0.05)
    peer.reset()
    return False


async def hang_up(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """FIN, and not one byte: as a connection that was kept too long."""
    del reply, manner
    peer.hang_up()
    return False


async def silence(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """Nothing, for as long as the client cares to wait."""
    del reply, manner
    await peer.until_gone()
    return False


async def stall(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """Half of the body, then nothing."""
    await peer.send(_without_its_end(reply))
    return await silence(peer, reply, manner)


async def drip_head(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """Status line and headers a byte at a time: no socket timeout ever passes."""
    await peer.drip(reply.whole(), manner.every)
    return False


async def drip_body(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """The headers at once, the body a byte at a time."""
    await peer.send(reply.head(length=len(reply.body)))
    await peer.drip(reply.body, manner.every)
    return False


async def drip_chunks(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """The body in chunks of one byte."""
    await peer.send(reply.head(length=None))
    for place in range(len(reply.body)):
        if peer.gone:
            return False
        await peer.send(_chunk(reply.body[place : place + 1]))
        await asyncio.sleep(manner.every)
    await peer.send(_chunk(b""))
    return False


async def truncated(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """Fewer bytes than the Content-Length says, then an orderly end."""
    del manner
    await peer.send(_without_its_end(reply))
    peer.hang_up()
    return False


async def truncated_chunks(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """Chunks without the last one, then an orderly end."""
    del manner
    half = reply.body[: len(reply.body) // 2]
    await peer.send(reply.head(length=None) + _chunk(half))
    peer.hang_up()
    return False


async def broken_envelope(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """Half of the JSON, and the Content-Length of that half: HTTP is in order."""
    return await whole(peer, replace(reply, body=reply.body[: len(reply.body) // 2]), manner)


async def huge(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """A right answer at the end of megabytes of blanks: who reads them all would take it."""
    await peer.send(reply.head(length=manner.size + len(reply.body)))
    left = manner.size
    while left > 0 and not peer.gone:
        await peer.send(_PIECE[:left])
        left -= len(_PIECE)
    await peer.send(reply.body)
    return True


async def endless(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """Chunks of blanks that never end."""
    del manner
    await peer.send(reply.head(length=None))
    while not peer.gone:
        await peer.send(_chunk(_PIECE))
    return False


async def wrong_type(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """The right answer, said to be something else."""
    return await whole(peer, replace(reply, content_type="application/octet-stream"), manner)


async def html(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """Somebody else's page, with the status of a success."""
    page = replace(reply, body=_PAGE, content_type="text/html")
    return await whole(peer, page, manner)


async def bad_gateway(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """The page of a proxy whose provider is gone."""
    page = replace(reply, status=502, body=_PAGE, headers={}, content_type="text/html")
    return await whole(peer, page, manner)


async def redirect(peer: Peer, reply: Reply, manner: Manner) -> bool:
    """Go elsewhere, with the key in hand: a client that does gives it away."""
    elsewhere = replace(reply, status=307, body=b"", headers={"location": "/_elsewhere"})
    return await whole(peer, elsewhere, manner)


SAY_NOTHING: Final = frozenset((reset, hang_up, silence))
"""Deliveries that send not even a status."""


def _without_its_end(reply: Reply) -> bytes:
    return reply.head(length=len(reply.body)) + reply.body[: len(reply.body) // 2]


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
