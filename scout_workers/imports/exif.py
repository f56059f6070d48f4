"""The moment a camera wrote into a picture's metadata.

Read by hand, not with Pillow, which decodes a whole PNG to look for a chunk behind its pixels and
warns of damage that is no business of ours: whatever makes no sense is taken for silence.
"""

from __future__ import annotations

import re
import struct
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXIF_IFD = 0x8769
_OFFSET_TIME = 0x9010
# The shutter's own time, its offset and its fraction; then when the picture was digitized. The
# plain DateTime tag is left alone: editing programs write it.
_TAGS = ((0x9003, 0x9011, 0x9291), (0x9004, 0x9012, 0x9292))
_ASCII = 2
_INLINE = 4
_LONGEST = 64

_STAMP = re.compile(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def moment(data: bytes) -> datetime | None:
    """Return when the picture was taken, or None where its metadata does not say.

    Naive where no offset was written. No pixel is decoded, and whether the image is fit for a
    model is not asked here.

    Args:
        data: A JPEG, PNG or WebP file, or anything else.
    """
    tags = _tags(_block(data))
    for stamp, offset, subsecond in _TAGS:
        found = _STAMP.match(tags.get(stamp, ""))
        if found is None:
            continue
        year, month, day, hour, minute, second = (int(part) for part in found.groups())
        digits = tags.get(subsecond, "")
        micros = int(digits.ljust(6, "0")[:6]) if digits.isdecimal() else 0
        try:
            zone = _zone(tags.get(offset) or tags.get(_OFFSET_TIME, ""))
            return datetime(year, month, day, hour, minute, second, micros, tzinfo=zone)
        except ValueError:
            continue  # 0000:00:00 00:00:00, as a camera with no clock writes it
    return None


def _block(data: bytes) -> bytes:
    """Cut the EXIF block out of the file; empty where there is none."""
    if data.startswith(b"\xff\xd8"):
        if found := re.search(rb"\xff\xe1(..)Exif\0\0", data[:1_000_000], re.DOTALL):
            (length,) = struct.unpack(">H", found[1])
            return data[found.end() : found.start() + 2 + length]
    elif data.startswith(b"\x89PNG"):
        if found := re.search(rb"(....)eXIf", data, re.DOTALL):
            (length,) = struct.unpack(">I", found[1])
            return data[found.end() : found.end() + length]
    elif data[8:12] == b"WEBP" and (found := re.search(rb"EXIF(....)", data, re.DOTALL)):
        (length,) = struct.unpack("<I", found[1])
        return data[found.end() : found.end() + length].removeprefix(b"Exif\0\0")
    return b""


def _tags(tiff: bytes) -> dict[int, str]:
    """Return the texts of the Exif directory by tag."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return {}
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        for tag, _, _, place in _entries(tiff, order, first):
            if tag == _EXIF_IFD:
                (directory,) = struct.unpack_from(f"{order}I", tiff, place)
                return {
                    tag: _text(tiff, order, count, place)
                    for tag, kind, count, place in _entries(tiff, order, directory)
                    if kind == _ASCII and count <= _LONGEST
                }
    except struct.error:
        pass  # cut off or damaged: silence
    return {}


def _entries(tiff: bytes, order: str, at: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield each entry's tag, type, count and the place of its value."""
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    for start in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, length = struct.unpack_from(f"{order}HHI", tiff, start)
        yield tag, kind, length, start + 8


def _text(tiff: bytes, order: str, count: int, place: int) -> str:
    if count > _INLINE:  # else it stands in the entry itself
        (place,) = struct.unpack_from(f"{order}I", tiff, place)
    return tiff[place : place + count].decode("ascii", "replace").strip(" \0")


def _zone(text: str) -> timezone | None:
    if text == "Z":
        return UTC
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    delta = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-delta if found[1] == "-" else delta)
