from __future__ import annotations

import pytest
from fix_yard import covered, noisy, sent, with_thing, yard

from scout_workers import phases
from scout_workers.llm import sameness

BASE = sent(noisy(yard(), 3, 1))


def test_noise_alone_is_no_news() -> None:
    news = sameness.news(sent(noisy(yard(), 3, 2)), BASE)
    assert news.distance <= 4
    assert news.changed_area == 0


def test_a_thing_is_news_by_its_area_however_near_the_fingerprints_are() -> None:
    scene = with_thing(noisy(yard(), 3, 2), (0.5, 0.6, 0.03, 0.06), (0.9, 0.9, 0.9))
    news = sameness.news(sent(scene), BASE)
    assert news.distance <= 4
    assert news.changed_area is not None
    assert news.changed_area > 0.001


def test_another_view_cannot_be_compared() -> None:
    assert sameness.news(sent(covered()), BASE).changed_area is None
    assert "cannot be compared" in sameness.news(sent(covered()), BASE).told


def test_nobody_compares_while_holding_a_connection() -> None:
    refused = pytest.raises(phases.TransactionHeldError)
    with phases.holding_transaction(), refused:
        sameness.news(BASE, BASE)
