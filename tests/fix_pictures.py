"""Image files made on the spot: every format and mode we accept, and the broken ones we do not."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from scout_workers.llm.protocol import PreparedImage

if TYPE_CHECKING:
    import numpy.typing as npt


def gradient(width: int = 320, height: int = 200) -> Image.Image:
    """Return a picture whose four corners differ: black, red, green and yellow-white."""
    across = np.linspace(0, 255, width, dtype=np.float32)
    down = np.linspace(0, 255, height, dtype=np.float32)
    red = np.broadcast_to(across, (height, width))
    green = np.broadcast_to(down[:, None], (height, width))
    return picture(np.stack([red, green, (red * green) / 510], axis=-1))


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """Return a picture that no JPEG encoder makes small."""
    return picture(np.random.default_rng(seed).integers(0, 256, (height, width, 3)))


def picture(levels: npt.NDArray[Any]) -> Image.Image:
    """Return levels of 0 to 255, shaped (height, width, 3) or (height, width), as a picture."""
    return Image.fromarray(np.clip(levels, 0, 255).round().astype(np.uint8))


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Return the picture as a file."""
    with BytesIO() as file:
        image.save(file, kind, **options)
        return file.getvalue()


def prepared(image: Image.Image, quality: int = 90) -> PreparedImage:
    """Return the picture as a provider gets it, without the way through `images.prepare`."""
    return PreparedImage(encoded(image, quality=quality), *image.size)


def png_that_says(width: int, height: int, *, pixels: bytes = b"") -> bytes:
    """Return a PNG with a header of that size over pixel data of any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a PNG chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_exif(jpeg: bytes, exif: bytes) -> bytes:
    """Return the JPEG with an EXIF segment of exactly these bytes."""
    body = b"Exif\0\0" + exif
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def orientation_exif(orientation: int, order: str = "<") -> bytes:
    """Return a TIFF block that holds nothing but an orientation."""
    start = b"II*\0" if order == "<" else b"MM\0*"
    return start + struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def opened(jpeg: bytes) -> Image.Image:
    """Return a decoded picture."""
    with Image.open(BytesIO(jpeg)) as image:
        image.load()
        return image.copy()
