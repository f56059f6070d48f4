from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from scout_workers.demo import scenes
from scout_workers.demo.scenes import Lens, Moment, Visitor, poison

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXIF, DATE_TIME_ORIGINAL = 0x8769, 0x9003


def the(note: str) -> Moment:
    """The first moment of the day of which somebody would say this."""
    return next(moment for moment in scenes.day() if moment.note == note)


def brightness(moment: Moment) -> float:
    return float(np.asarray(scenes.render(moment).convert("L"), dtype=np.float32).mean())


def detail(moment: Moment) -> float:
    """Mean step between neighbours, of a picture halved so that its noise counts for little."""
    small = scenes.render(moment).convert("L").reduce(2)
    pixels = np.asarray(small, dtype=np.float32)
    return float(np.abs(np.diff(pixels, axis=1)).mean())


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kinds and bodies of a PNG's chunks, their checksums compared."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length)[0] == zlib.crc32(kind + body)
        yield kind, body
        at += length + 12


def test_a_day_is_in_order_and_has_everything_a_camera_meets() -> None:
    day = scenes.day()

    assert 40 <= len(day) <= 60
    assert [moment.at for moment in day] == sorted({moment.at for moment in day})
    assert len({moment.name for moment in day}) == len(day)
    assert Counter(moment.lens for moment in day if moment.lens is not Lens.CLEAR) == {
        Lens.MISTED: 1,
        Lens.SPRAYED: 2,
        Lens.COVERED: 2,
    }
    met = {sight.who for moment in day for sight in moment.sights}
    assert met == set(Visitor)
    assert any(moment.fog > 0.1 for moment in day)
    assert any(moment.rain for moment in day)
    assert any(moment.infrared for moment in day)


def test_another_date_is_the_same_story_on_that_date() -> None:
    story = [moment.note for moment in scenes.day(date(2027, 7, 1))]

    assert story == [moment.note for moment in scenes.day()]
    assert {moment.at.date() for moment in scenes.day(date(2027, 7, 1))} == {date(2027, 7, 1)}


def test_the_same_moment_is_the_same_picture_in_another_process(tmp_path: Path) -> None:
    moment = the("a walker turns to the door")
    program = (
        "import sys; from pathlib import Path; from scout_workers.demo import scenes; "
        "[Path(sys.argv[1]).write_bytes(scenes.jpeg(m)) for m in scenes.day() "
        "if m.name == sys.argv[2]]"
    )
    there = tmp_path / "there.jpg"
    subprocess.run([sys.executable, "-c", program, str(there), moment.name], check=True, timeout=60)

    assert there.read_bytes() == scenes.jpeg(moment)


def test_another_seed_is_another_picture() -> None:
    moment = the("noon")

    assert scenes.jpeg(replace(moment, seed=1)) != scenes.jpeg(moment)


def test_a_visitor_changes_the_picture_where_it_stands_and_hardly_elsewhere() -> None:
    with_van = the("a van in the driveway")
    pictures = [
        np.asarray(scenes.render(moment).convert("L"), dtype=np.float32)
        for moment in (with_van, replace(with_van, sights=()))
    ]
    changed = np.abs(pictures[0] - pictures[1]) > 40

    assert changed[250:420, 600:720].mean() > 0.5
    assert changed[420:, 900:].mean() < 0.01


def test_light_follows_the_hour() -> None:
    noon, dusk, night = (brightness(the(note)) for note in ("noon", "dusk", "night, porch lamp on"))

    assert noon > dusk + 15
    assert dusk > night + 15


def test_infrared_pictures_have_no_colour() -> None:
    pixels = np.asarray(scenes.render(the("night, infrared")), dtype=np.int16)

    assert np.ptp(pixels, axis=2).max() == 0


def test_what_is_on_the_lens_takes_detail_away() -> None:
    clear = detail(the("noon"))

    assert detail(the("dew on the lens")) < clear / 4
    assert detail(the("thick fog")) < clear / 2
    assert detail(the("the lens is sprayed")) < clear / 2
    assert brightness(the("the lens is covered")) < 50


def test_a_file_carries_its_time_in_its_name_and_its_exif_data() -> None:
    moment = the("sunrise")

    with Image.open(io.BytesIO(scenes.jpeg(moment))) as picture:
        assert picture.size == (1280, 720)
        assert picture.format == "JPEG"
        stamp = picture.getexif().get_ifd(EXIF)[DATE_TIME_ORIGINAL]
    assert stamp == f"{moment.at:%Y:%m:%d %H:%M:%S}"
    assert moment.name == "yard_20260314T062004.jpg"


def test_a_day_is_written_once_and_only_what_is_missing_is_drawn_again(tmp_path: Path) -> None:
    moments = scenes.day()[12:15]
    told: list[tuple[int, int]] = []

    paths = scenes.write_day(tmp_path, moments, wrote=lambda *how_far: told.append(how_far))
    first = {path: path.read_bytes() for path in paths}
    paths[1].unlink()
    paths[0].write_bytes(b"kept as it is")
    scenes.write_day(tmp_path, moments)

    assert [path.name for path in paths[:3]] == [moment.name for moment in moments]
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert paths[1].read_bytes() == first[paths[1]]
    assert paths[0].read_bytes() == b"kept as it is"
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_the_bomb_is_small_and_its_stream_is_400_megapixels_of_valid_png() -> None:
    bomb = poison.bomb()

    assert len(bomb) < 600_000
    chunks = dict(png_chunks(bomb))
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (20_000, 20_000)
    inflate = zlib.decompressobj()  # raises if the checksum at its end is wrong
    length, rest = 0, chunks[b"IDAT"]
    while rest:
        length += len(inflate.decompress(rest, 1 << 24))
        rest = inflate.unconsumed_tail
    assert inflate.eof
    assert length == 20_000 * 20_001


def test_a_day_has_a_file_of_every_kind_that_is_no_picture(tmp_path: Path) -> None:
    paths = scenes.write_day(tmp_path, scenes.day()[:1])
    empty, truncated, page, bomb, notes = paths[1:]

    assert empty.read_bytes() == b""
    assert truncated.read_bytes().startswith(b"\xff\xd8")
    with pytest.raises(OSError, match="truncated"), Image.open(truncated) as picture:
        picture.load()
    assert page.suffix == ".jpg"
    assert page.read_bytes().startswith(b"<!DOCTYPE html>")
    assert bomb.suffix == ".png"
    assert notes.suffix == ".txt"
