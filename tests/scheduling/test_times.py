from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from benchmarks import cron_oracle
from scout_workers.scheduling import times

BERLIN = ZoneInfo("Europe/Berlin")
# The clock jumps from 2:00 to 3:00 at 1:00 UTC, and falls back from 3:00 to 2:00 at 1:00 UTC.
SPRING = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)

EXPRESSIONS = [
    ("30 2 * * *", "Europe/Berlin"),
    ("0 3 * * *", "Europe/Berlin"),
    ("15,45 2 * * *", "Europe/Berlin"),
    ("0 1-4 * * *", "Europe/Berlin"),
    ("30 * * * *", "Europe/Berlin"),
    ("*/20 * * * *", "Europe/Berlin"),
    ("*/20 2 * * *", "Europe/Berlin"),
    ("30 1 * * *", "America/New_York"),
    ("30 2 * * SUN".replace("SUN", "0"), "America/New_York"),
    ("0 2 1,15 * 6", "Australia/Lord_Howe"),
    ("10 0 * * *", "Asia/Beirut"),
    ("0 12 * * *", "UTC"),
]


def local(moment: datetime) -> str:
    return moment.astimezone(BERLIN).strftime("%d. %H:%M %Z")


def night(cron: str, changes: datetime) -> list[str]:
    start = changes - timedelta(hours=4)
    return [
        local(each)
        for each in times.latest_between(
            cron, "Europe/Berlin", start, changes + timedelta(hours=4), most=100
        )
    ]


def test_in_spring_a_time_that_the_clock_jumps_over_comes_right_after_the_jump() -> None:
    assert night("30 2 * * *", SPRING) == ["29. 03:00 CEST"]
    assert night("15,45 2 * * *", SPRING) == ["29. 03:00 CEST"]


def test_in_autumn_a_time_that_the_clock_shows_twice_comes_once() -> None:
    assert night("30 2 * * *", AUTUMN) == ["25. 02:30 CEST"]


def test_what_runs_every_so_often_goes_on_in_both_nights() -> None:
    assert night("30 */1 * * *", SPRING)[2:6] == [
        "29. 00:30 CET",
        "29. 01:30 CET",
        "29. 03:30 CEST",
        "29. 04:30 CEST",
    ]
    assert night("30 * * * *", AUTUMN)[3:6] == ["25. 02:30 CEST", "25. 02:30 CET", "25. 03:30 CET"]


def test_begun_in_the_second_of_two_hours_no_time_of_the_first_is_named_again() -> None:
    again = AUTUMN + timedelta(minutes=15)
    assert local(again) == "25. 02:15 CET"
    assert local(times.first_after("30 2 * * *", "Europe/Berlin", again)) == "26. 02:30 CET"


@pytest.mark.parametrize(("cron", "zone"), EXPRESSIONS)
@pytest.mark.parametrize(
    "middle", [SPRING, AUTUMN, datetime(2026, 4, 5, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)]
)
def test_asked_at_any_moments_the_times_are_those_of_looking_at_each_minute(
    cron: str, zone: str, middle: datetime
) -> None:
    start, end = middle - 2 * DAY, middle + 2 * DAY
    seed = random.randrange(2**32)
    pick = random.Random(seed)
    found: list[datetime] = []
    moment = start
    while moment < end:
        following = min(moment + timedelta(seconds=pick.uniform(1, 4 * 3600)), end)
        found += times.latest_between(cron, zone, moment, following, most=1000)
        first = times.first_after(cron, zone, moment)
        assert first > moment
        moment = following
    assert found == cron_oracle.times(cron, zone, start, end), f"seed {seed}"


def test_of_many_times_the_latest_are_returned_and_looked_for_near_the_end() -> None:
    start, end = datetime(2000, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert times.latest_between("* * * * *", "UTC", start, end, most=2) == [
        end - timedelta(minutes=1),
        end,
    ]
    assert times.latest_between("0 0 29 2 *", "UTC", start, end, most=2) == [
        datetime(2020, 2, 29, tzinfo=UTC),
        datetime(2024, 2, 29, tzinfo=UTC),
    ]


def test_the_first_moment_is_not_among_the_times_and_the_last_is() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert times.latest_between("0 * * * *", "UTC", noon, noon + timedelta(hours=1), most=9) == [
        noon + timedelta(hours=1)
    ]
