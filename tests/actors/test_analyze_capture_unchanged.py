from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from fix_store import FIRST_MOMENT, straight
from fix_yard import noisy, sent, with_thing, yard

from scout_workers import messages
from scout_workers.domain.profiles import SkipUnchanged
from scout_workers.domain.windows import Subject, hour_of
from scout_workers.store import profiles, reruns, summary_facts
from scout_workers.store.profiles import Contents
from scout_workers.store.reruns import Selection, Which

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from fix_deliveries import Deliveries

pytestmark = straight

POLICY = SkipUnchanged(distance=4, changed_area=0.001, at_most_in_a_row=3, longest_gap_s=600)
STATES = "SELECT a.state FROM scout.analyses AS a JOIN scout.captures AS c ON c.id = capture_id "
STATES += "ORDER BY captured_at"
VAN = (0.5, 0.6, 0.1, 0.2)


def _picture(seed: int, *, van: bool = False) -> bytes:
    scene = noisy(yard(), 3, seed)
    return sent(with_thing(scene, VAN, (0.9, 0.2, 0.2)) if van else scene).jpeg


PICTURES = [_picture(seed) for seed in (1, 2)]


@pytest.fixture
def careful(deliveries: Deliveries) -> Deliveries:
    """The yard under a policy."""
    _activate(deliveries, POLICY)
    return deliveries


def _activate(deliveries: Deliveries, policy: SkipUnchanged | None, words: str = "") -> None:
    place = deliveries.yard
    with place.store.transaction() as tx:
        made = profiles.draft(
            tx,
            place.organization_id,
            place.camera_id,
            Contents("counting", "v1", words, policy),
            by="ann",
        )
        profiles.activate(tx, made.id, by="ann")


def _deliver(deliveries: Deliveries, number: int, image: bytes | None = None) -> UUID:
    capture_id = deliveries.capture(number, image or PICTURES[number % 2])
    assert deliveries.deliver(deliveries.send(capture_id)) is None
    return capture_id


def _states(deliveries: Deliveries) -> list[Any]:
    return [state for (state,) in deliveries.database.rows(STATES)]


def test_a_picture_without_news_is_skipped_and_the_ledger_knows_nothing_of_it(
    careful: Deliveries,
) -> None:
    first = _deliver(careful, 1)
    careful.database.rows("DELETE FROM scout.summary_due")
    second = _deliver(careful, 2)
    assert _states(careful) == ["completed", "skipped"]
    assert len(careful.provider.paid) == 1
    assert careful.calls() == [("succeeded", True)]
    assert careful.waiting() == ["broadcast_event"]
    assert careful.database.rows(
        "SELECT error_class, error_detail ~ '^[0-4] of 64 bits differ, 0.00', resembles_capture_id "
        "FROM scout.analyses WHERE capture_id = %s",
        second,
    ) == [("unchanged", True, first)]
    # It is news of its hour, which counts it as what it is.
    assert careful.database.rows("SELECT kind FROM scout.summary_due") == [("hour",)]
    whose = careful.yard
    hour = Subject(whose.organization_id, whose.camera_id, hour_of(FIRST_MOMENT))
    with whose.store.transaction() as tx:
        facts = summary_facts.gather(tx, hour)
    assert (facts.pictures, facts.unchanged, facts.unreadable, facts.unseen) == (1, 1, 0, 0)


def test_without_a_policy_every_picture_is_paid(deliveries: Deliveries) -> None:
    for number in (1, 2):
        _deliver(deliveries, number)
    assert _states(deliveries) == ["completed", "completed"]
    assert len(deliveries.provider.paid) == 2


def test_news_is_analysed(careful: Deliveries) -> None:
    _deliver(careful, 1)
    _deliver(careful, 2, _picture(3, van=True))
    _deliver(careful, 3)
    assert _states(careful) == ["completed"] * 3


def test_never_more_than_so_many_in_a_row_are_skipped(careful: Deliveries) -> None:
    for number in range(1, 10):
        _deliver(careful, number)
    assert _states(careful) == ["completed", *["skipped"] * 3] * 2 + ["completed"]


def test_nor_when_captures_come_in_any_order(careful: Deliveries) -> None:
    numbers = list(range(1, 15))
    random.Random(7).shuffle(numbers)
    for number in numbers:
        _deliver(careful, number)
    rows = "".join(state[0] for state in _states(careful)).split("c")
    assert max(map(len, rows)) <= POLICY.at_most_in_a_row
    assert len(careful.provider.paid) < len(numbers)


def test_the_first_after_a_gap_is_analysed(careful: Deliveries) -> None:
    _deliver(careful, 1)
    _deliver(careful, 30)
    assert _states(careful) == ["completed", "completed"]


def test_a_new_version_looks_for_itself_first(careful: Deliveries) -> None:
    _deliver(careful, 1)
    _activate(careful, POLICY, "Look for something else.")
    _deliver(careful, 2)
    assert _states(careful) == ["completed", "completed"]


def test_what_somebody_asked_for_is_always_analysed(careful: Deliveries) -> None:
    _deliver(careful, 1)
    _deliver(careful, 2)
    selection = Selection(careful.yard.organization_id, which=Which.AGAIN, round="to be sure")
    with careful.yard.store.transaction() as tx:
        asked = reruns.ask(tx, selection, by="ann").asked
    for run in asked:
        messages.analyze_capture(run.capture_id, analysis_id=run.analysis_id).send()
        row = careful.database.value("SELECT max(id) FROM scout_broker.message")
        assert careful.deliver(row) is None
    assert sorted(_states(careful)) == ["completed"] * 3 + ["skipped"]


def test_a_picture_is_analysed_if_the_one_it_might_resemble_is_gone(
    careful: Deliveries, tmp_path: Path
) -> None:
    _deliver(careful, 1)
    (gone,) = tmp_path.rglob("0001.jpg")
    gone.unlink()
    _deliver(careful, 2)
    assert _states(careful) == ["completed", "completed"]


def test_what_is_paid_already_is_not_looked_at(careful: Deliveries, tmp_path: Path) -> None:
    _deliver(careful, 1)
    _deliver(careful, 2, _picture(3, van=True))
    last_commit = len(careful.faults.trail) - 2
    row = careful.send(careful.capture(3, _picture(4)))
    assert careful.deliver(row, at=last_commit) is not None
    for image in tmp_path.rglob("*.jpg"):
        image.unlink()
    assert careful.deliver(row) is None
    assert _states(careful) == ["completed"] * 3
    assert len(careful.provider.paid) == 3


@pytest.mark.heavy
def test_killed_anywhere_a_picture_without_news_is_skipped_all_the_same(
    deliveries: Deliveries,
) -> None:
    _activate(deliveries, replace(POLICY, at_most_in_a_row=100))
    _deliver(deliveries, 1)
    _deliver(deliveries, 2)
    points = len(deliveries.faults.trail)
    assert points == 8
    for point in range(points):
        row = deliveries.send(deliveries.capture(3 + point, PICTURES[0]))
        assert deliveries.deliver(row, at=point) is not None
        assert deliveries.deliver(row) is None
    assert _states(deliveries) == ["completed", *["skipped"] * (1 + points)]
    assert len(deliveries.provider.paid) == 1
