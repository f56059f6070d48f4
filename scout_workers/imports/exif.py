"""The moment a camera wrote into a picture's metadata."""

from __future__ import annotations

import io
import re
import struct
import warnings
from datetime import UTC, datetime, timedelta, timezone

from PIL import ExifTags, Image

_STAMP = re.compile(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_FORMATS = ("JPEG", "PNG", "WEBP")
# The shutter's own time, then the time the picture was digitized. The plain DateTime tag is left
# alone: editing programs write it.
_TAGS = (
    (
        ExifTags.Base.DateTimeOriginal,
        ExifTags.Base.OffsetTimeOriginal,
        ExifTags.Base.SubsecTimeOriginal,
    ),
    (
        ExifTags.Base.DateTimeDigitized,
        ExifTags.Base.OffsetTimeDigitized,
        ExifTags.Base.SubsecTimeDigitized,
    ),
)


def moment(data: bytes) -> datetime | None:
    """Return when the picture was taken, or None where its metadata does not say.

    Naive where no offset was written. Reads headers only, never decodes pixels, and takes any
    damage for silence: whether the image is fit for a model is not asked here.
    """
    tags = _tags(data)
    for stamp, offset, subsecond in _TAGS:
        found = _STAMP.match(_text(tags.get(stamp)))
        if found is None:
            continue
        year, month, day, hour, minute, second = (int(part) for part in found.groups())
        micros = _micros(_text(tags.get(subsecond)))
        try:
            zone = _zone(_text(tags.get(offset)) or _text(tags.get(ExifTags.Base.OffsetTime)))
            return datetime(year, month, day, hour, minute, second, micros, tzinfo=zone)
        except ValueError:
            continue  # 0000:00:00 00:00:00, as a camera with no clock writes it
    return None


def _tags(data: bytes) -> dict[int, object]:
    try:
        with warnings.catch_warnings():
            # A bomb's warning and broken metadata's warnings: either way there is no date here.
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                # `getexif()` would decode a whole PNG to look for a chunk behind the pixels.
                raw = image.info.get("exif")
                if not isinstance(raw, bytes):
                    return {}
                exif = Image.Exif()
                exif.load(raw)
                return dict(exif.get_ifd(ExifTags.IFD.Exif))
    except (
        Image.DecompressionBombError,
        Warning,
        OSError,
        SyntaxError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        OverflowError,
        struct.error,
    ):
        return {}


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.strip(" \0\t\r\n") if isinstance(value, str) else ""


def _micros(text: str) -> int:
    return int(text.ljust(6, "0")[:6]) if text.isascii() and text.isdigit() else 0


def _zone(text: str) -> timezone | None:
    if text == "Z":
        return UTC
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    delta = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-delta if found[1] == "-" else delta)
