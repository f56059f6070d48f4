from __future__ import annotations

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PIL import ExifTags, Image

from scout_workers.imports.timestamps import StampSource, stamp

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
MTIME = datetime(2026, 5, 20, 10, 0, tzinfo=UTC).timestamp()


def picture(taken: str) -> bytes:
    metadata = Image.Exif()
    metadata.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=metadata)
    return out.getvalue()


def test_metadata_comes_before_the_name_and_the_name_before_the_files_date() -> None:
    name = "yard_20260314T061500.jpg"

    from_metadata = stamp(picture("2026:03:14 07:00:00"), name, MTIME, BERLIN, NOW)
    from_name = stamp(b"", name, MTIME, BERLIN, NOW)
    from_file = stamp(b"", "yard.jpg", MTIME, BERLIN, NOW)

    assert from_metadata.source is StampSource.EXIF
    assert from_metadata.moment.isoformat() == "2026-03-14T07:00:00+01:00"
    assert from_name.source is StampSource.NAME
    assert from_name.moment.isoformat() == "2026-03-14T06:15:00+01:00"
    assert from_file.source is StampSource.MTIME
    assert from_file.moment.isoformat() == "2026-05-20T12:00:00+02:00"


def test_a_written_offset_is_kept_and_not_replaced_by_the_organizations_zone() -> None:
    found = stamp(b"", "2026-03-14T06_15_00Z.jpg", MTIME, BERLIN, NOW)

    assert found.moment == datetime(2026, 3, 14, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize("name", ["yard_20310101T000000.jpg", "yard_19700101T000000.jpg"])
def test_a_clock_that_was_never_set_is_passed_over(name: str) -> None:
    assert stamp(b"", name, MTIME, BERLIN, NOW).source is StampSource.MTIME


def test_metadata_from_a_clock_that_was_never_set_gives_way_to_the_name() -> None:
    found = stamp(picture("1980:01:01 00:00:00"), "20260314061500.jpg", MTIME, BERLIN, NOW)

    assert found.source is StampSource.NAME


def test_a_day_alone_takes_the_files_time_if_it_is_of_that_day_else_noon() -> None:
    same_day = stamp(b"", "IMG-20260520-WA0001.jpg", MTIME, BERLIN, NOW)
    another = stamp(b"", "IMG-20260314-WA0001.jpg", MTIME, BERLIN, NOW)

    assert same_day.moment.isoformat() == "2026-05-20T12:00:00+02:00"
    assert same_day.source is StampSource.NAME
    assert another.moment.isoformat() == "2026-03-14T12:00:00+01:00"


def test_a_name_that_is_all_extension_has_a_file_date() -> None:
    assert stamp(b"", ".jpg", MTIME, BERLIN, NOW).source is StampSource.MTIME


@pytest.mark.parametrize("mtime", [1e18, -1e18])
def test_a_file_date_no_calendar_knows_becomes_now(mtime: float) -> None:
    assert stamp(b"", "yard.jpg", mtime, BERLIN, NOW).moment == NOW
