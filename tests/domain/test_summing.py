"""Facts are counted over everything and capped where they are told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fix_facts import a_moment, an_hour, at, pictures

from scout_workers.domain import summaries, summing
from scout_workers.domain.observations import Severity
from scout_workers.domain.summaries import Span
from scout_workers.domain.summary_data import data_of, estimate, facts_of, input_hash
from scout_workers.domain.windows import day_of

BERLIN = ZoneInfo("Europe/Berlin")


def test_pictures_beside_each_other_with_one_flag_are_one_span() -> None:
    facts = an_hour(pictures("dark", "dark", "", "dark", "dark dark"))
    (dark,) = facts.flags
    assert (dark.flag, dark.pictures) == ("dark", 4)
    assert dark.spans == (Span(at(0), at(10), 2), Span(at(30), at(40), 2))


def test_the_gravest_moments_are_told_in_order_of_time_and_the_rest_is_counted() -> None:
    many = [a_moment(number, Severity.NOTICE) for number in range(summaries.MOMENTS_LIMIT + 10)]
    grave = a_moment(59, Severity.CRITICAL)
    facts = an_hour(pictures(""), [*many, grave], notable=len(many) + 1)
    assert len(facts.moments) == summaries.MOMENTS_LIMIT
    assert facts.moments[-1] == grave
    assert facts.omitted == 11


def test_what_is_merely_there_is_not_missed_when_it_is_left_out() -> None:
    many = [a_moment(number, Severity.INFO) for number in range(summaries.MOMENTS_LIMIT + 10)]
    assert an_hour(pictures(""), many).omitted == 0


def test_facts_stay_small_however_much_happened() -> None:
    flags = [" ".join(f"flag_{n}" for n in range(i % 40)) for i in range(3600)]
    moments = [a_moment(n % 60, Severity.WARNING, text="x" * 240) for n in range(5000)]
    kinds = {f"kind_{n}": n for n in range(500)}
    facts = an_hour(pictures(*flags), moments, kinds=kinds, notable=5000)
    day = summing.of_parts(
        day_of(facts.start, UTC),
        camera="yard",
        time_zone="UTC",
        zone=UTC,
        parts=[summing.Written(facts, Severity.WARNING, "h" * 160)] * 25,
    )
    for each in (facts, day):
        assert len(json.dumps(data_of(each))) < 45_000
        assert estimate(data_of(each)).input_tokens < 25_000
    assert day.omitted == 25 * 5000 - summaries.MOMENTS_LIMIT


def test_facts_are_read_as_they_were_kept_and_equal_ones_have_one_hash() -> None:
    facts = an_hour(pictures("dark", "changed"), [a_moment(7, Severity.NOTICE)])
    data = data_of(facts)
    assert facts_of(json.loads(json.dumps(data))) == facts
    assert input_hash(data) == input_hash(data_of(facts_of(data)))
    assert input_hash(data) != input_hash(data | {"unseen": 1})
    del data["unchanged"]  # as facts were kept before that was counted
    assert facts_of(data) == facts


def test_what_goes_on_over_the_full_hour_is_one_span_of_the_day() -> None:
    first = an_hour(pictures("", "dark", "dark"))
    second = an_hour(pictures("dark", "", "dark", hour=1), hour=1)
    day = _day(first, second)
    (dark,) = day.flags
    assert dark.pictures == 4
    assert dark.spans == (Span(at(10), at(0, hour=1), 3), Span(at(20, hour=1), at(20, hour=1), 1))


def test_an_hour_without_pictures_in_between_does_not_break_a_span_and_a_lit_one_does() -> None:
    dark, lit = pictures("dark"), pictures("", hour=1)
    later = an_hour(pictures("dark", hour=2), hour=2)
    joined = _day(an_hour(dark), later)
    apart = _day(an_hour(dark), an_hour(lit, hour=1), later)
    assert [len(facts.flags[0].spans) for facts in (joined, apart)] == [1, 2]


def test_a_day_adds_up_what_its_hours_counted() -> None:
    first = an_hour(pictures("", "changed"), unreadable=2, kinds={"scene": 2, "view": 1})
    second = an_hour(pictures("changed", hour=1), hour=1, unchanged=4, unseen=1, kinds={"scene": 1})
    day = _day(first, second)
    assert (day.pictures, day.unchanged, day.unreadable, day.unseen) == (3, 4, 2, 1)
    assert day.notable == 2
    assert day.kinds == (("scene", 3), ("view", 1))
    assert day.severities == ((Severity.NOTICE, 2), (Severity.INFO, 1))
    assert (day.first, day.last) == (at(0), at(0, hour=1))
    assert [part.notable for part in day.parts] == [1, 1]


def test_a_day_of_several_cameras_names_them_and_mixes_no_spans() -> None:
    yard, gate = (
        an_hour(pictures("dark"), [a_moment(0, Severity.NOTICE)]),
        an_hour(pictures(""), camera="gate"),
    )
    parts = [summing.Written(each, Severity.INFO, "quiet") for each in (gate, yard)]
    day = summing.of_parts(
        day_of(yard.start, UTC), camera=None, time_zone="UTC", zone=UTC, parts=parts
    )
    assert [part.camera for part in day.parts] == ["gate", "yard"]
    assert day.flags == ()
    assert [moment.camera for moment in day.moments] == ["yard"]
    assert not day.empty


def test_one_cameras_day_is_no_news_of_an_organization() -> None:
    day = summing.of_parts(
        day_of(at(0), UTC),
        camera=None,
        time_zone="UTC",
        zone=UTC,
        parts=[summing.Written(an_hour(pictures("dark")), Severity.INFO, "quiet")],
    )
    assert day.empty


def test_times_are_those_of_the_organizations_clock() -> None:
    moment = datetime(2026, 6, 21, 22, 30, tzinfo=UTC)
    day = summing.of_parts(
        day_of(moment, BERLIN), camera="yard", time_zone="Europe/Berlin", zone=BERLIN, parts=[]
    )
    assert day.start.isoformat() == "2026-06-22T00:00:00+02:00"
    assert day.end - day.start == timedelta(hours=24)
    assert day.empty


def _day(*hours: summaries.SummaryFacts) -> summaries.SummaryFacts:
    return summing.of_parts(
        day_of(hours[0].start, UTC),
        camera="yard",
        time_zone="UTC",
        zone=UTC,
        parts=[summing.Written(each, Severity.INFO, "an hour") for each in hours],
    )
