from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from fix_store import FIRST_MOMENT, straight

from scout_workers.store import analyses, organizations, profiles, reruns
from scout_workers.store.profiles import Contents
from scout_workers.store.reruns import Selection, Which

if TYPE_CHECKING:
    from uuid import UUID

    from fix_store import Database, Yard

    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.store.reruns import Page

pytestmark = straight

# An analysis as it would be left: of a capture, of the active version, in that state.
SETTLED = """
    INSERT INTO scout.analyses (organization_id, capture_id, profile_version_id, state, attempts,
        headline, severity, error_class, settled_at)
    SELECT c.organization_id, c.id, v.id, s.state, 1,
        CASE s.state WHEN 'completed' THEN 'A yard' END,
        CASE s.state WHEN 'completed' THEN 'info' END,
        CASE s.state WHEN 'failed' THEN 'refused' END, now()
    FROM scout.captures AS c, scout.profile_versions AS v, (VALUES (%s)) AS s (state)
    WHERE c.id = %s AND v.state = 'active'
"""
RUNS = """
    SELECT c.key, v.number, run_no, a.state, a.asked_as FROM scout.analyses AS a
    JOIN scout.captures AS c ON c.id = capture_id
    JOIN scout.profile_versions AS v ON v.id = profile_version_id
    ORDER BY c.key, v.number, run_no
"""


def _settled(yard: Yard, database: Database, *states: str) -> list[UUID]:
    made = [yard.capture(number) for number in range(1, len(states) + 1)]
    for capture_id, state in zip(made, states, strict=True):
        database.rows(SETTLED, state, capture_id)
    return made


def _second_version(yard: Yard, *, active: bool = True) -> ProfileVersion:
    with yard.store.transaction() as tx:
        contents = Contents("counting", "counting-v2", "")
        made = profiles.draft(tx, yard.organization_id, yard.camera_id, contents, by="ann")
        if active:
            profiles.activate(tx, made.id, by="ann")
    return made


def _ask(yard: Yard, selection: Selection, **paging: Any) -> Page:
    with yard.store.transaction() as tx:
        return reruns.ask(tx, selection, by="ann", **paging)


def _settle_all(database: Database, state: str = "failed") -> None:
    database.rows(
        "UPDATE scout.analyses SET state = %s, error_class = 'refused', settled_at = now() "
        "WHERE settled_at IS NULL",
        state,
    )


def test_history_comes_under_a_new_version_when_somebody_asks_and_once(
    yard: Yard, database: Database
) -> None:
    _settled(yard, database, "completed", "completed")
    everything = Selection(yard.organization_id)
    assert _ask(yard, everything).asked == ()
    _second_version(yard)
    assert len(_ask(yard, everything).asked) == 2
    assert _ask(yard, everything).asked == ()
    _settle_all(database)
    assert _ask(yard, everything).asked == ()
    assert database.rows(RUNS) == [
        ("yard/0001.jpg", 1, 1, "completed", None),
        ("yard/0001.jpg", 2, 1, "failed", "version"),
        ("yard/0002.jpg", 1, 1, "completed", None),
        ("yard/0002.jpg", 2, 1, "failed", "version"),
    ]


def test_a_draft_can_be_tried_on_history_without_being_active(
    yard: Yard, database: Database
) -> None:
    (capture_id,) = _settled(yard, database, "completed")
    draft = _second_version(yard, active=False)
    (asked,) = _ask(yard, Selection(yard.organization_id, version_id=draft.id)).asked
    with yard.store.transaction() as tx:
        begun = analyses.begin(tx, capture_id, "a token", asked.analysis_id)
    assert begun is not None
    assert begun.profile == draft
    assert begun.call.answer is None


def test_only_what_failed_runs_again_and_each_failure_once(yard: Yard, database: Database) -> None:
    _, bad = _settled(yard, database, "completed", "failed")
    failed = Selection(yard.organization_id, which=Which.FAILED)
    (asked,) = _ask(yard, failed).asked
    assert asked.capture_id == bad
    assert _ask(yard, failed).asked == ()
    _settle_all(database)
    assert len(_ask(yard, failed).asked) == 1
    assert [row[:4] for row in database.rows(RUNS)] == [
        ("yard/0001.jpg", 1, 1, "completed"),
        ("yard/0002.jpg", 1, 1, "failed"),
        ("yard/0002.jpg", 1, 2, "failed"),
        ("yard/0002.jpg", 1, 3, "pending"),
    ]


def test_a_failure_under_an_older_version_runs_again_under_the_active_one(
    yard: Yard, database: Database
) -> None:
    _settled(yard, database, "failed")
    _second_version(yard)
    assert len(_ask(yard, Selection(yard.organization_id, which=Which.FAILED)).asked) == 1
    assert [row[1:4] for row in database.rows(RUNS)] == [(1, 1, "failed"), (2, 1, "pending")]


def test_a_named_round_happens_once_for_each_capture(yard: Yard, database: Database) -> None:
    _settled(yard, database, "completed", "completed")
    clean = Selection(yard.organization_id, which=Which.AGAIN, round="clean lens")
    assert len(_ask(yard, clean).asked) == 2
    _settle_all(database)
    assert _ask(yard, clean).asked == ()
    another = Selection(yard.organization_id, which=Which.AGAIN, round="cleaner lens")
    assert len(_ask(yard, another).asked) == 2


def test_a_round_that_was_cut_off_goes_on_where_it_was(yard: Yard, database: Database) -> None:
    _settled(yard, database, *["completed"] * 3)
    clean = Selection(yard.organization_id, which=Which.AGAIN, round="clean lens")
    first = _ask(yard, clean, limit=2)
    assert (first.seen, len(first.asked)) == (2, 2)
    _settle_all(database)
    assert len(_ask(yard, clean).asked) == 1


def test_two_who_ask_for_the_same_at_once_get_it_once(yard: Yard, database: Database) -> None:
    _settled(yard, database, *["completed"] * 5)
    together = Barrier(4)
    clean = Selection(yard.organization_id, which=Which.AGAIN, round="clean lens")
    pages: list[Page] = []

    def ask() -> None:
        together.wait()
        pages.append(_ask(yard, clean))

    threads = [Thread(target=ask, name=f"asker-{n}") for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(len(page.asked) for page in pages) == 5
    assert database.value("SELECT count(*) FROM scout.analyses WHERE origin = 'rerun'") == 5


def test_pages_follow_one_another_newest_first(yard: Yard, database: Database) -> None:
    made = _settled(yard, database, *["completed"] * 5)
    _second_version(yard)
    asked = []
    after = None
    for size in (2, 2, 1):
        page = _ask(yard, Selection(yard.organization_id), after=after, limit=2)
        assert page.seen == size
        asked += [run.capture_id for run in page.asked]
        after = page.rest
    assert after is None
    assert sorted(asked) == sorted(made)
    assert asked[0] in made[-2:]


def test_a_selection_has_its_bounds_in_time_and_leaves_bad_images_alone(
    yard: Yard, database: Database
) -> None:
    made = _settled(yard, database, *["completed"] * 4)
    _second_version(yard)
    database.rows(
        "UPDATE scout.captures SET state = 'unreadable', state_reason = 'x' WHERE id = %s", made[1]
    )
    bounded = Selection(
        yard.organization_id,
        since=FIRST_MOMENT + timedelta(minutes=2),
        until=FIRST_MOMENT + timedelta(minutes=4),
    )
    assert [run.capture_id for run in _ask(yard, bounded).asked] == [made[2]]


def test_nobody_reruns_another_organizations_captures(yard: Yard, database: Database) -> None:
    _settled(yard, database, "completed")
    second = _second_version(yard)
    with yard.store.transaction() as tx:
        bolt = organizations.find_or_create(tx, "Bolt")
    for selection in (
        Selection(bolt),
        Selection(bolt, camera_id=yard.camera_id),
        Selection(bolt, version_id=second.id),
    ):
        assert _ask(yard, selection).seen == 0
        with yard.store.transaction() as tx:
            assert reruns.count(tx, selection) == []


@pytest.mark.parametrize("which", list(Which))
def test_what_is_counted_is_what_is_asked_for(yard: Yard, database: Database, which: Which) -> None:
    _settled(yard, database, "completed", "failed", "completed")
    _second_version(yard)
    selection = Selection(yard.organization_id, which=which, round="clean lens")
    for _ in range(2):
        with yard.store.transaction() as tx:
            counts = reruns.count(tx, selection)
        assert [each.model for each in counts] == ["counting-v2"]
        assert len(_ask(yard, selection).asked) == counts[0].wanted
        _settle_all(database, "skipped")
