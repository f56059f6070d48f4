from __future__ import annotations

import io
import struct
import zlib
from random import Random

import pytest
from PIL import ExifTags, Image

from scout_workers.imports import exif


def picture(kind: str = "JPEG", **tags: str) -> bytes:
    metadata = Image.Exif()
    metadata[ExifTags.Base.Make] = "Scout"
    for name, value in tags.items():
        metadata.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base[name]] = value
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "gray").save(out, kind, exif=metadata)
    return out.getvalue()


def said(data: bytes) -> str | None:
    taken = exif.moment(data)
    return taken.isoformat() if taken else None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_shutters_time_is_read_from_every_format(kind: str) -> None:
    assert said(picture(kind, DateTimeOriginal="2026:03:14 06:15:00")) == "2026-03-14T06:15:00"


def test_the_offset_is_kept() -> None:
    data = picture(DateTimeOriginal="2026:03:14 06:15:00", OffsetTimeOriginal="+02:00")

    assert said(data) == "2026-03-14T06:15:00+02:00"


def test_the_general_offset_serves_where_the_exact_one_is_missing() -> None:
    data = picture(DateTimeOriginal="2026:03:14 06:15:00", OffsetTime="-05:30")

    assert said(data) == "2026-03-14T06:15:00-05:30"


def test_fractions_of_a_second_are_kept() -> None:
    data = picture(DateTimeOriginal="2026:03:14 06:15:00", SubsecTimeOriginal="25")

    assert said(data) == "2026-03-14T06:15:00.250000"


def test_a_camera_without_a_clock_says_nothing() -> None:
    assert said(picture(DateTimeOriginal="0000:00:00 00:00:00")) is None
    assert said(picture(DateTimeOriginal="    :  :     :  :  ")) is None


def test_the_time_of_digitizing_serves_where_the_shutters_is_missing_or_impossible() -> None:
    data = picture(DateTimeOriginal="0000:00:00 00:00:00", DateTimeDigitized="2026:03:14 06:15:00")

    assert said(data) == "2026-03-14T06:15:00"


def test_an_impossible_offset_does_not_stop_an_import() -> None:
    data = picture(DateTimeOriginal="2026:03:14 06:15:00", OffsetTimeOriginal="+99:99")

    assert said(data) is None


def test_the_time_an_editing_program_saved_it_is_not_when_it_was_taken() -> None:
    metadata = Image.Exif()
    metadata[ExifTags.Base.DateTime] = "2026:03:14 06:15:00"
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=metadata)

    assert exif.moment(out.getvalue()) is None


def bomb() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!doctype html><title>404</title>",
        picture(DateTimeOriginal="2026:03:14 06:15:00")[:60],
        b"\xff\xd8\xff\xe1\x00\x10Exif\0\0MM\0*\xff\xff\xff\xff",
        bomb(),
    ],
    ids=["empty", "html", "truncated", "broken-exif", "bomb"],
)
def test_damage_is_taken_for_silence(data: bytes) -> None:
    assert exif.moment(data) is None


def test_no_damage_to_the_metadata_stops_an_import() -> None:
    whole = picture(DateTimeOriginal="2026:03:14 06:15:00", OffsetTimeOriginal="+02:00")
    dice = Random(2026)

    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        exif.moment(bytes(damaged[: dice.randrange(20, len(damaged))]))

    assert said(whole) == "2026-03-14T06:15:00+02:00"
