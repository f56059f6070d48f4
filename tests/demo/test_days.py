"""What was written about a day, on the sheet: escaped, and leading to the pictures that show it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from scout_workers.demo.sheet import Card, Day, Finding, Hour, Summary, page
from scout_workers.domain.observations import Severity

MOMENT = datetime(2026, 3, 14, 16, 20, tzinfo=UTC)
PICTURE, ELSEWHERE = uuid4(), uuid4()
CARD = Card("yard.jpg", MOMENT, b"", "Covered", Severity.CRITICAL, id=PICTURE)
DAY = Day(
    start=MOMENT.replace(hour=0),
    headline="56 pictures: <b>covered</b>",
    text="The lens <script>looked</script> covered.",
    severity=Severity.CRITICAL,
    hours=[Hour(MOMENT.replace(minute=0), MOMENT.replace(hour=17), 3, "a & b", Severity.NOTICE)],
    findings=[
        Finding("yard: <i>", "It & that.", Severity.WARNING, [(MOMENT, PICTURE)]),
        Finding("another", "text", Severity.INFO, [(MOMENT, ELSEWHERE)]),
    ],
)


def test_a_day_is_told_above_the_pictures_with_every_word_escaped() -> None:
    text = page(Summary("Yard", "a day"), [CARD], [DAY])
    assert "56 pictures: &lt;b&gt;covered&lt;/b&gt;" in text
    assert "Saturday, 14 March 2026" in text
    assert "a &amp; b" in text
    assert "<script" not in text
    assert "<i>" not in text
    assert text.index("Worth knowing") < text.index('id="pictures"')


def test_evidence_leads_to_its_picture_where_that_is_on_the_sheet() -> None:
    text = page(Summary("Yard", "a day"), [CARD], [DAY])
    assert '<a href="#p1">16:20</a>' in text
    assert "<span>16:20</span>" in text


def test_a_sheet_without_days_has_no_section_of_them() -> None:
    assert "Worth knowing" not in page(Summary("Yard", "a day"), [CARD])
