"""WEBP: a RIFF file with one bitstream, or an extended one with alpha, metadata and frames."""

from __future__ import annotations

from scout_workers.llm.containers.container import Container, ImageFormat, cut_off, damaged
from scout_workers.llm.containers.exif import UPRIGHT, orientation

_RIFF = 12
_HAS_ALPHA = 0x10
_EXTENDED, _ALPHA, _LOSSY, _LOSSLESS = b"VP8X", b"ALPH", b"VP8 ", b"VP8L"
_LEAST = {_EXTENDED: 10, _LOSSY: 10, _LOSSLESS: 5}


def read(data: bytes) -> Container:
    """Walk the chunks of the RIFF file.

    Raises:
        ImageError: The file is shorter than it says, or holds no picture.
    """
    told = 8 + int.from_bytes(data[4:8], "little")
    if told > len(data):
        raise cut_off(f"{len(data):,} of its {told:,} bytes arrived")
    view = memoryview(data)[:told]
    kept: dict[bytes, memoryview] = {}
    upright, frames = UPRIGHT, 0
    position = _RIFF
    while position + 8 <= len(view):
        name = bytes(view[position : position + 4])
        length = int.from_bytes(view[position + 4 : position + 8], "little")
        end = position + 8 + length + (length & 1)
        body = view[position + 8 : position + 8 + length]
        if len(body) < max(length, _LEAST.get(name, 0)):
            raise cut_off(f"its {len(data):,} bytes end in the middle of the picture")
        if name in {_EXTENDED, _ALPHA, _LOSSY, _LOSSLESS}:
            kept.setdefault(name, body)
        elif name == b"EXIF":
            upright = orientation(bytes(body))
        elif name == b"ANMF":
            frames += 1
        position = end
    size = _size(kept)
    if frames > 1:
        return Container(ImageFormat.WEBP, *size, upright, frames, ())
    if _LOSSY not in kept and _LOSSLESS not in kept:
        raise damaged("it holds no picture")
    return Container(ImageFormat.WEBP, *size, upright, 1, _picture(kept))


def _size(kept: dict[bytes, memoryview]) -> tuple[int, int]:
    """Read the larger of the sizes told: canvas and bitstream must agree, or decoding fails."""
    sizes = []
    if _EXTENDED in kept:
        body = kept[_EXTENDED]
        sizes.append(
            (
                int.from_bytes(body[4:7], "little") + 1,
                int.from_bytes(body[7:10], "little") + 1,
            )
        )
    if _LOSSY in kept:
        body = kept[_LOSSY]
        sizes.append(
            (
                int.from_bytes(body[6:8], "little") & 0x3FFF,
                int.from_bytes(body[8:10], "little") & 0x3FFF,
            )
        )
    if _LOSSLESS in kept:
        bits = int.from_bytes(kept[_LOSSLESS][1:5], "little")
        sizes.append(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
    if not sizes:
        raise damaged("it holds no picture")
    return max(width for width, _ in sizes), max(height for _, height in sizes)


def _picture(kept: dict[bytes, memoryview]) -> tuple[bytes | memoryview, ...]:
    """Build the smallest RIFF file that holds the same picture."""
    parts: list[bytes | memoryview] = []
    if _ALPHA in kept and _EXTENDED in kept:
        flags_gone = bytes([_HAS_ALPHA, 0, 0, 0]) + bytes(kept[_EXTENDED][4:10])
        parts += _chunk(_EXTENDED, flags_gone) + _chunk(_ALPHA, kept[_ALPHA])
    name = _LOSSY if _LOSSY in kept else _LOSSLESS
    parts += _chunk(name, kept[name])
    length = 4 + sum(len(part) for part in parts)
    return (b"RIFF" + length.to_bytes(4, "little") + b"WEBP", *parts)


def _chunk(name: bytes, body: bytes | memoryview) -> list[bytes | memoryview]:
    return [name + len(body).to_bytes(4, "little"), body, b"\0" * (len(body) & 1)]
