"""What a demo searches for: the gravest thing, in words that say something of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from scout_workers.demo import search
from scout_workers.demo.sheet import Day, Finding
from scout_workers.domain.observations import Severity

if TYPE_CHECKING:
    from scout_workers.store.report_camera import Seen

MOMENT = datetime(2026, 3, 14, tzinfo=UTC)
COVERED = "yard: the lens looked wholly or partly covered from 15:13 to 16:20"


def _day(*findings: tuple[str, Severity]) -> Day:
    told = [Finding(title, "Text.", severity, []) for title, severity in findings]
    return Day(MOMENT, "A day", "Text.", Severity.INFO, [], told)


@pytest.mark.parametrize(
    ("titles", "asked"),
    [
        ([("yard: quiet hours", Severity.INFO), (COVERED, Severity.CRITICAL)], "lens covered"),
        ([("yard: fog, haze or mist lay over the view", Severity.WARNING)], "fog haze mist"),
        ([("yard: 14 of 56", Severity.NOTICE)], "yard: 14 of 56"),
    ],
)
def test_the_gravest_finding_is_searched_for_in_its_telling_words(
    titles: list[tuple[str, Severity]], asked: str
) -> None:
    assert search.question([_day(*titles)], [], "yard") == asked


def test_where_nothing_is_worth_knowing_a_picture_is_and_without_one_nothing() -> None:
    class Picture:
        severity, headline = Severity.NOTICE, "A dog crosses"

    seen = cast("Seen", Picture())
    assert search.question([_day()], [seen], "yard") == "dog crosses"
    assert search.question([], [], "yard") is None
