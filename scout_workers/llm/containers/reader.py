"""Which container it is; and if none of ours, what it is instead, in an operator's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.containers import jpeg, png, webp
from scout_workers.llm.protocol import ImageError

if TYPE_CHECKING:
    from scout_workers.llm.containers.container import Container

_WANTED = "a JPEG, PNG or WEBP is needed"
_OTHERS = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (b"\x00\x00\x01\xba", "an MPEG video"),
    (b"\xff\xd8", "the very beginning of a JPEG and nothing more"),
)
_BRANDS = {b"heic": "a HEIC image", b"heix": "a HEIC image", b"mif1": "a HEIC image"}
_BRANDS |= {b"avif": "an AVIF image", b"avis": "an AVIF image"}
_LOOK = 1024
_TEXT = frozenset({*b"\t\n\r\f", *range(0x20, 0x7F), *range(0x80, 0x100)})


def read(data: bytes) -> Container:
    """Read the outside of an image file.

    Raises:
        ImageError: It is empty, no image, of another format, cut off or damaged.
    """
    if not data:
        raise ImageError(ErrorClass.IMAGE_UNREADABLE, "the file is empty (0 bytes)")
    if data.startswith(jpeg.SIGNATURE):
        return jpeg.read(data)
    if data.startswith(png.SIGNATURE):
        return png.read(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return webp.read(data)
    raise ImageError(ErrorClass.IMAGE_UNREADABLE, _what_it_is(data))


def _what_it_is(data: bytes) -> str:
    head = data[:_LOOK].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<!doctype html") or (head.startswith(b"<") and b"<html" in head):
        return "this is an HTML page, not an image"
    if not data.strip(b"\0"):
        return f"the file holds nothing but zeros ({len(data):,} bytes)"
    if kind := _other_kind(data, head):
        return f"this is {kind}; {_WANTED}"
    if all(byte in _TEXT for byte in head):
        return "this is text, not an image"
    return f"this is no image of a kind known here; {_WANTED}"


def _other_kind(data: bytes, head: bytes) -> str | None:
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "a video (MP4 or MOV)")
    if data.startswith(b"RIFF") and data[8:11] == b"AVI":
        return "an AVI video"
    if head.startswith(b"<svg") or (head.startswith(b"<?xml") and b"<svg" in head):
        return "an SVG drawing"
    return next((name for signature, name in _OTHERS if data.startswith(signature)), None)
