"""Folders of pictures to import, and what must hold of every capture afterwards."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

# Captures that have not exactly one message; no test may find one.
MESSAGES = """
    SELECT c.id::text FROM scout.captures c
    LEFT JOIN scout_broker.message m
        ON convert_from(m.payload, 'UTF8') LIKE '%%' || c.id::text || '%%'
    GROUP BY c.id HAVING count(m.id) <> 1
"""


def picture(number: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), (number % 256, number // 256 % 256, 90)).save(
        out, "JPEG", comment=str(number)
    )
    return out.getvalue()


def counted(out: str, what: str) -> int:
    """Read a count of the report."""
    found = re.search(rf"^{what} +(\d+)", out, re.MULTILINE)
    assert found is not None, out
    return int(found[1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pictures"
    made.mkdir()
    return made


def fill(folder: Path, count: int) -> None:
    for number in range(count):
        (folder / f"yard_{number}.jpg").write_bytes(picture(number))


def four_hundred_megapixels() -> bytes:
    """A real PNG of 20,000 x 20,000 black pixels, its rows compressed to half a megabyte."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    packer = zlib.compressobj(1)
    row = b"\0" + bytes(20_000 // 8)
    pixels = b"".join(packer.compress(row) for _ in range(20_000)) + packer.flush()
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )
