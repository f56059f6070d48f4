"""JPEG: markers up to the first scan, then the scan's data to the end of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.llm.containers.container import Container, ImageFormat, cut_off, damaged
from scout_workers.llm.containers.exif import UPRIGHT, orientation

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\xff\xd8\xff"

_START = b"\xff\xd8"
_SCAN = 0xDA
_END = 0xD9
_BARE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_KEPT = _FRAMES | {_SCAN, 0xC4, 0xCC, 0xDB, 0xDC, 0xDD}  # and the tables decoding needs
_APP1, _COLOUR_SEGMENTS = 0xE1, {0xE0: (b"JFIF\0", 16), 0xEE: (b"Adobe", 14)}
_FRAME_HEADER = 10


def read(data: bytes) -> Container:
    """Walk the markers up to the picture itself.

    Raises:
        ImageError: The file ends before its picture, or its markers make no sense.
    """
    pixels: list[bytes | memoryview] = [_START]
    size: tuple[int, int] | None = None
    upright = UPRIGHT
    for marker, segment in _segments(data):
        if marker in _FRAMES:
            if size is not None:
                raise damaged("it tells its size twice")
            size = _size(segment)
        if marker in _KEPT or _tells_colours(marker, segment):
            pixels.append(segment)
        elif marker == _APP1 and bytes(segment[4:10]) == b"Exif\0\0":
            upright = orientation(bytes(segment[4:]))
    if size is None:
        raise damaged("its picture begins before its size is told")
    return Container(ImageFormat.JPEG, *size, upright, 1, tuple(pixels))


def _segments(data: bytes) -> Iterator[tuple[int, memoryview]]:
    """Yield each marker with its segment; the last one is the scan and everything after it."""
    view = memoryview(data)
    position = len(_START)
    while True:
        marker, position = _next_marker(data, position)
        if marker == _SCAN:
            yield marker, view[position - 2 :]
            return
        if marker == _END:
            raise damaged("it ends before its picture begins")
        if marker in _BARE:
            continue
        end = position + int.from_bytes(view[position : position + 2])
        if end > len(data):
            raise cut_off(f"all {len(data):,} bytes are header, and no picture follows")
        if end < position + 2:
            raise damaged("a header segment has no length")
        yield marker, view[position - 2 : end]
        position = end


def _next_marker(data: bytes, position: int) -> tuple[int, int]:
    """Find the next marker, over fill bytes and stray ones as every decoder does."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 3 >= len(data):
            raise cut_off(f"its {len(data):,} bytes end before the picture begins")
        marker = data[position + 1]
        if marker not in {0x00, 0xFF}:
            return marker, position + 2
        position += 1


def _size(segment: memoryview) -> tuple[int, int]:
    if len(segment) < _FRAME_HEADER:
        raise damaged("its size is not told whole")
    return int.from_bytes(segment[7:9]), int.from_bytes(segment[5:7])


def _tells_colours(marker: int, segment: memoryview) -> bool:
    """Tell JFIF and Adobe segments, by which decoders know the colour space, from other APPn."""
    if marker not in _COLOUR_SEGMENTS:
        return False
    name, least = _COLOUR_SEGMENTS[marker]
    return len(segment) >= least and bytes(segment[4 : 4 + len(name)]) == name
