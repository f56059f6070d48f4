"""The insights of the writer without a key: what lasted, what recurred, when most happened."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from fix_facts import an_hour, at, pictures

from scout_workers.domain import summing
from scout_workers.domain.insights import CameraDay, Evidence, Findings, InsightFacts
from scout_workers.domain.observations import Region, Severity
from scout_workers.domain.windows import day_of
from scout_workers.llm import insight_answers
from scout_workers.llm.local import LocalProvider
from scout_workers.llm.local.writer import insights_text

if TYPE_CHECKING:
    from scout_workers.domain.summaries import SummaryFacts

LEFT = Region(0.0, 0.7, 0.1, 0.1)
RIGHT = Region(0.8, 0.4, 0.1, 0.1)


def seen(
    minute: int,
    *flags: str,
    hour: int = 0,
    severity: Severity = Severity.NOTICE,
    region: Region | None = None,
    text: str = "Something.",
) -> Evidence:
    return Evidence(
        uuid4(), "yard", at(minute, hour=hour), "any", severity, text, region, tuple(flags)
    )


def a_day(*hours: SummaryFacts, evidence: list[Evidence]) -> InsightFacts:
    day = summing.of_parts(
        day_of(at(0), UTC),
        camera="yard",
        time_zone="UTC",
        zone=UTC,
        parts=[summing.Written(each, Severity.NOTICE, "an hour") for each in hours],
    )
    camera = CameraDay(
        camera="yard",
        pictures=day.pictures,
        unchanged=0,
        unreadable=0,
        unseen=0,
        first=day.first,
        last=day.last,
        flags=day.flags,
        hours=day.parts,
        severity=Severity.NOTICE,
        headline="a day",
        text="A day.",
    )
    return InsightFacts(at(0).date(), "UTC", (camera,), tuple(evidence))


def found(facts: InsightFacts) -> Findings:
    return insight_answers.findings(insights_text(facts), facts)


def test_what_lasted_is_told_with_its_times_and_cites_what_shows_it() -> None:
    evidence = [
        seen(20, "covered", severity=Severity.CRITICAL, text="The lens looks covered."),
        seen(30, "covered", severity=Severity.CRITICAL),
        seen(40),
    ]
    hour = an_hour(pictures("", "", "covered", "covered", ""))
    (insight,) = found(a_day(hour, evidence=evidence)).insights
    assert insight.title == "yard: the lens looked wholly or partly covered from 07:20 to 07:30"
    assert insight.text == "Two of 5 pictures of the day show it. The lens looks covered."
    assert insight.severity is Severity.CRITICAL
    assert insight.evidence == (evidence[0].id, evidence[1].id)


def test_changes_in_the_same_place_again_and_again_are_one_insight() -> None:
    evidence = [seen(minute, "changed", region=LEFT) for minute in (0, 10, 20)]
    evidence.append(seen(30, "changed", region=RIGHT))
    hour = an_hour(pictures(*["changed"] * 4))
    (insight,) = found(a_day(hour, evidence=evidence)).insights
    assert insight.title == "yard: changes lower left in 3 pictures"
    assert insight.text == "Something changed lower left at 07:00, 07:10 and 07:20."
    assert len(insight.evidence) == 3


def test_the_hour_that_stands_out_is_named() -> None:
    busy = an_hour(pictures("changed", "changed", "changed", hour=1), hour=1)
    evidence = [seen(minute, hour=1) for minute in (0, 10, 20)]
    facts = a_day(an_hour(pictures("", "changed")), busy, evidence=evidence)
    (insight,) = found(facts).insights
    assert insight.title == "yard: most happened between 08:00 and 09:00"
    assert insight.text == "All 3 pictures of that hour were worth a look. An hour."


def test_of_a_quiet_day_nothing_is_worth_knowing() -> None:
    assert found(a_day(an_hour(pictures("", "")), evidence=[seen(0)])) == Findings((), 0, 0)


def test_everything_it_cites_was_given_to_it_and_the_gravest_comes_first() -> None:
    evidence = [
        *[seen(n % 60, "changed", region=RIGHT, hour=n // 60) for n in range(80)],
        seen(0, "fogged", severity=Severity.WARNING),
        seen(0, "covered", severity=Severity.CRITICAL),
    ]
    hours = [
        an_hour(pictures("fogged covered", *["changed"] * 5, hour=each), hour=each)
        for each in range(2)
    ]
    facts = a_day(*hours, evidence=evidence)
    result = found(facts)
    assert (result.refused, result.dropped) == (0, 0)
    severities = [list(Severity).index(each.severity) for each in result.insights]
    assert severities == sorted(severities, reverse=True)
    known: set[UUID] = {each.id for each in evidence}
    assert all(known.issuperset(each.evidence) for each in result.insights)


def test_the_local_provider_finds_insights_for_nothing() -> None:
    answer = LocalProvider().find_insights(
        "local-writer-v1", a_day(an_hour(pictures("")), evidence=[])
    )
    assert (answer.cost_microdollars, answer.raw) == (0, '{"insights": []}')
