"""Hours are UTC's, days are the organization's own: the nights in which clocks change too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from scout_workers.domain.windows import by_name, day_of, day_on, hour_of, named, zone_of

BERLIN = ZoneInfo("Europe/Berlin")
INDIA = ZoneInfo("Asia/Kolkata")


def test_an_hour_begins_on_the_full_hour_of_utc_whatever_clock_told_the_moment() -> None:
    moment = datetime(2026, 6, 21, 12, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=5.5)))
    hour = hour_of(moment)
    assert hour.start == datetime(2026, 6, 21, 7, tzinfo=UTC)
    assert hour.end == datetime(2026, 6, 21, 8, tzinfo=UTC)
    assert hour_of(hour.start) == hour
    assert hour_of(hour.end) != hour


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 21), 24)],
)
def test_a_day_has_as_many_hours_as_the_clock_made_of_it(day: date, hours: int) -> None:
    window = day_on(day, BERLIN)
    assert (window.end - window.start) == timedelta(hours=hours)
    assert window.start.astimezone(BERLIN).date() == day
    assert (window.end - timedelta(microseconds=1)).astimezone(BERLIN).date() == day
    assert day_on(day + timedelta(days=1), BERLIN).start == window.end


@pytest.mark.parametrize("zone", ["America/Havana", "Asia/Beirut", "America/Asuncion"])
def test_days_follow_each_other_without_a_gap_where_the_clock_skips_midnight(zone: str) -> None:
    clock = ZoneInfo(zone)
    day = date(2024, 1, 1)
    before = day_on(day, clock)
    lengths = set()
    for number in range(1, 366):
        window = day_on(day + timedelta(days=number), clock)
        assert window.start == before.end
        lengths.add(window.end - window.start)
        before = window
    assert {timedelta(hours=23), timedelta(hours=24), timedelta(hours=25)} >= lengths


def test_every_hour_belongs_to_exactly_one_day_where_clocks_stand_half_an_hour_off() -> None:
    first = day_on(date(2026, 6, 21), INDIA)
    around_midnight = hour_of(first.end)
    assert around_midnight.start == first.end - timedelta(minutes=30)
    assert day_of(around_midnight.start, INDIA) == first


@pytest.mark.parametrize("zone", [BERLIN, INDIA, UTC])
def test_a_window_is_found_again_by_its_name(zone: ZoneInfo) -> None:
    moment = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for window in (hour_of(moment), day_of(moment, zone)):
        assert by_name(window.kind, named(window, zone), zone) == window


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("week", "2026-06-21"),
        ("day", "yesterday"),
        ("hour", "2026-06-21T07:00:00"),
        ("hour", ""),
    ],
)
def test_what_names_no_window_is_refused(kind: str, name: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        by_name(kind, name, UTC)


def test_an_unknown_time_zone_is_utc() -> None:
    assert zone_of("Nowhere/Land") is UTC
    assert zone_of("") is UTC
    assert zone_of("Europe/Berlin") == BERLIN
