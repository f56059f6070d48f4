"""PNG: a chain of chunks, of which five kinds make the picture."""

from __future__ import annotations

from scout_workers.llm.containers.container import Container, ImageFormat, cut_off, damaged
from scout_workers.llm.containers.exif import UPRIGHT, orientation

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_PICTURE = {b"IHDR", b"PLTE", b"tRNS", b"IDAT"}
_AROUND = 12  # a chunk's length, name and checksum
_HEADER = 13


def read(data: bytes) -> Container:
    """Walk the chunks to the last one.

    Raises:
        ImageError: The chain breaks off, or does not begin with a size.
    """
    view = memoryview(data)
    pixels: list[bytes | memoryview] = [SIGNATURE]
    upright, frames = UPRIGHT, 1
    size: tuple[int, int] | None = None
    position = len(SIGNATURE)
    while True:
        length = int.from_bytes(view[position : position + 4])
        name = bytes(view[position + 4 : position + 8])
        end = position + _AROUND + length
        if end > len(data):
            raise cut_off(f"its {len(data):,} bytes end in the middle of the picture")
        body = view[position + 8 : position + 8 + length]
        if name == b"IHDR":
            if size is not None or length != _HEADER:
                raise damaged("its header is not one header")
            size = int.from_bytes(body[:4]), int.from_bytes(body[4:8])
        if size is None:
            raise damaged("it does not begin with its size")
        if name in _PICTURE:
            pixels.append(view[position:end])
        elif name == b"acTL":
            frames = max(frames, int.from_bytes(body[:4]))
        elif name == b"eXIf":
            upright = orientation(bytes(body))
        elif name == b"IEND":
            pixels.append(view[position:end])
            return Container(ImageFormat.PNG, *size, upright, frames, tuple(pixels))
        position = end
