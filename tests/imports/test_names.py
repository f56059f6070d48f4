from __future__ import annotations

import pytest

from scout_workers.imports.names import moments


def first(path: str) -> str | None:
    found = next(moments(path), None)
    if found is None:
        return None
    return found.moment.isoformat() if found.has_time else found.moment.date().isoformat()


@pytest.mark.parametrize(
    ("path", "moment"),
    [
        ("yard_20260314T061500", "2026-03-14T06:15:00"),
        ("2026-03-14_06-15-00", "2026-03-14T06:15:00"),
        ("20260314061500", "2026-03-14T06:15:00"),
        ("20260314-061500", "2026-03-14T06:15:00"),
        ("gate 2026-03-14 06.15.00", "2026-03-14T06:15:00"),
        ("gate 2026-03-14 06:15:00", "2026-03-14T06:15:00"),
        ("2026.03.14 06h15m00", "2026-03-14T06:15:00"),
        ("Screenshot_2026_03_14_06_15_00", "2026-03-14T06:15:00"),
        ("RLC-410_01_20260314061500", "2026-03-14T06:15:00"),
        ("MDAlarm_20260314-061500", "2026-03-14T06:15:00"),
        ("192.168.1.64_01_20260314061500123_MOTION", "2026-03-14T06:15:00.123000"),
        ("yard_20260314T061500.250", "2026-03-14T06:15:00.250000"),
        ("yard_20260314T061500_123456", "2026-03-14T06:15:00.123456"),
        ("PXL_20260314_061500123.MP", "2026-03-14T06:15:00.123000"),
        ("image26-03-14_06-15-00-12", "2026-03-14T06:15:00"),
        ("2026-03-14T06_15_00Z", "2026-03-14T06:15:00+00:00"),
        ("2026-03-14T06:15:00+02:00", "2026-03-14T06:15:00+02:00"),
        ("2026-03-14T06_15_00+02_00", "2026-03-14T06:15:00+02:00"),
        ("2026-03-14T06:15:00-05:00", "2026-03-14T06:15:00-05:00"),
        ("202603140615", "2026-03-14T06:15:00"),
        ("2026-03-14 06.15", "2026-03-14T06:15:00"),
        ("clip_20260314060000_20260314061500", "2026-03-14T06:00:00"),
        ("yard-1773468900.25-x4f2ab", "2026-03-14T06:15:00.250000+00:00"),
        ("yard-1773468900250", "2026-03-14T06:15:00.250000+00:00"),
    ],
)
def test_a_moment_is_read_from_a_name_as_cameras_write_it(path: str, moment: str) -> None:
    assert first(path) == moment


@pytest.mark.parametrize(
    ("path", "moment"),
    [
        ("2026-03-14/06-15-00", "2026-03-14T06:15:00"),
        ("cams/2026/03/14/061500", "2026-03-14T06:15:00"),
        ("2026-03-14/001/jpg/06/15/00[M][0@0][0]", "2026-03-14T06:15:00"),
        ("2026-03-14/001/jpg/06/15.00[M][0@0][0]", "2026-03-14T06:15:00"),
        ("2026-03-14/pic_001/06.15.00[M][0@0][0]", "2026-03-14T06:15:00"),
        ("2025-01-01/2026-03-14/06-15-00", "2026-03-14T06:15:00"),
    ],
)
def test_a_moment_spread_over_day_folders_is_put_together(path: str, moment: str) -> None:
    assert first(path) == moment


def test_the_name_is_believed_before_the_folders_above_it() -> None:
    assert first("2025-01-01/2026-03-14_06-15-00") == "2026-03-14T06:15:00"


def test_a_folder_named_for_a_moment_of_its_own_says_nothing_of_a_time_of_day() -> None:
    assert first("backup 2026-04-01 10-00-00/IMG_0042") is None


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("IMG-20260314-WA0007", "2026-03-14"),
        ("yard_2026-03-14_0007", "2026-03-14"),
        ("2026-03-14", "2026-03-14"),
        ("2026-03-14/IMG_0042", "2026-03-14"),
        ("2025-12-31/2026-03-14/IMG_0042", "2026-03-14"),
    ],
)
def test_a_name_may_give_only_the_day(path: str, day: str) -> None:
    assert first(path) == day


@pytest.mark.parametrize(
    "path",
    [
        "IMG_0042",
        "yard 7",
        "20261314061500",  # a 13th month
        "2026-02-30",
        "20260314256100",  # an hour 25, and fourteen digits are no day
        "03-04-2026 06-15-00",  # the third of April or the fourth of March
        "1234567890",  # a serial number as likely as a second
        "99920260314061500999",
        "d41d8cd98f00b204e9800998ecf8427e",
    ],
)
def test_what_could_be_anything_is_not_guessed_at(path: str) -> None:
    assert first(path) is None


def test_every_reading_of_a_name_is_offered_in_turn() -> None:
    readings = [found.moment.isoformat() for found in moments("2031-01-01_00-00-00_2026-03-14")]

    assert readings[0] == "2031-01-01T00:00:00"
    assert "2026-03-14T00:00:00" in readings
