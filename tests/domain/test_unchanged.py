from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from scout_workers.domain.captures import BlobRef
from scout_workers.domain.profiles import SkipUnchanged
from scout_workers.domain.unchanged import Fate, Neighbour, News, in_a_row, resembled

NOW = datetime(2026, 6, 21, 12, tzinfo=UTC)
POLICY = SkipUnchanged(distance=4, changed_area=0.001, at_most_in_a_row=3, longest_gap_s=600)
FATES = {"a": Fate.ANALYSED, "s": Fate.SKIPPED, "x": Fate.UNSEEN, "?": Fate.UNDECIDED}


def _side(fates: str) -> list[Neighbour]:
    """Neighbours a minute apart, the nearest first."""
    return [
        Neighbour(uuid4(), BlobRef("b", str(n)), NOW - timedelta(minutes=n + 1), FATES[fate])
        for n, fate in enumerate(fates)
    ]


@pytest.mark.parametrize(
    ("before", "which"),
    [
        ("a", 0),
        ("sa", 1),
        ("ssa", 2),
        ("sssa", None),  # a row as long as may be
        ("", None),  # the first of all
        ("xa", 1),  # a broken picture is nobody's likeness
        ("?sa", 2),
        ("xx", None),
        ("asss", 0),
    ],
)
def test_a_picture_is_held_against_the_last_analysed_one(before: str, which: int | None) -> None:
    side = _side(before)
    assert resembled(side, NOW, POLICY) == (None if which is None else side[which])


def test_the_first_after_a_gap_is_analysed() -> None:
    side = _side("a")
    assert resembled(side, side[0].captured_at + timedelta(seconds=600), POLICY) == side[0]
    assert resembled(side, side[0].captured_at + timedelta(seconds=601), POLICY) is None


@pytest.mark.parametrize(
    ("before", "after", "row"),
    [
        ("a", "", 1),
        ("sa", "sa", 3),
        ("s?s", "a", 2),
        ("sxs?", "sxa", 4),
        ("", "ss", 3),
    ],
)
def test_a_row_counts_both_sides_up_to_whoever_was_seen(before: str, after: str, row: int) -> None:
    assert in_a_row(_side(before), _side(after)) == row


def test_what_cannot_be_compared_is_always_news() -> None:
    assert News(4, 0.001).is_none(POLICY)
    assert not News(5, 0.0).is_none(POLICY)
    assert not News(0, 0.0011).is_none(POLICY)
    assert not News(0, None).is_none(POLICY)
