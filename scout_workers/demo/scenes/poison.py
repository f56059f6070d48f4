"""Files that a real folder of pictures holds too, and that no model should ever be paid for."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

BOMB_SIDE = 20_000  # 400 megapixels

_CHUNK_ROWS = 1_000
_ADLER_MODULUS = 65_521

_LOGIN_PAGE = b"""<!DOCTYPE html>
<html><head><title>Camera login</title></head>
<body><p>Your session has expired. Please sign in to download this image.</p></body></html>
"""

_NOTES = b"""Yard camera, exported by hand.
The lens was cleaned in the afternoon. Nothing in this file is a picture.
"""


def bomb() -> bytes:
    """Make a PNG of 400 megapixels in a few hundred kilobytes, without ever holding its pixels.

    Every row is zeros, so one stretch of rows is compressed once, ended on a byte boundary that
    refers to nothing before it (a full flush), and repeated.
    """
    header = struct.pack(">IIBBBBB", BOMB_SIDE, BOMB_SIDE, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", b"".join(_zeros_deflated())),
            _chunk(b"IEND", b""),
        )
    )


def _zeros_deflated() -> Iterator[bytes]:
    row = BOMB_SIDE + 1  # a filter byte, then the pixels
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    stretch = deflate.compress(bytes(row * _CHUNK_ROWS)) + deflate.flush(zlib.Z_FULL_FLUSH)
    yield b"\x78\xda"
    for _ in range(BOMB_SIDE // _CHUNK_ROWS):
        yield stretch
    yield zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    length = row * BOMB_SIDE
    yield struct.pack(">HH", length % _ADLER_MODULUS, 1)  # Adler-32 of so many zeros


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def files(at: datetime, healthy: bytes) -> dict[str, bytes]:
    """Names and contents of everything that is wrong with a folder.

    Args:
        at: The time in the names.
        healthy: A good JPEG, to be cut short.
    """
    day = f"{at:%Y%m%d}"
    return {
        f"yard_{day}T043000.jpg": b"",
        f"yard_{day}T093000.jpg": healthy[: len(healthy) * 2 // 5],
        f"yard_{day}T130700.jpg": _LOGIN_PAGE,
        f"yard_{day}T170500.png": bomb(),
        "README.txt": _NOTES,
    }
