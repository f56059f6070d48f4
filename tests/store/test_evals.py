from __future__ import annotations

from typing import TYPE_CHECKING

from fix_store import straight

from scout_workers.domain.evals import verdict
from scout_workers.store import evals, organizations, profiles
from scout_workers.store.profiles import Contents

if TYPE_CHECKING:
    from uuid import UUID

    from fix_store import Database, Yard

pytestmark = straight

# What a worker would leave of the runs that are pending: by version, in that severity.
DONE = """
    UPDATE scout.analyses AS a
    SET state = 'completed', settled_at = now(), headline = 'Seen by ' || v.number,
        severity = CASE v.number WHEN 1 THEN 'info' ELSE 'notice' END,
        flags = CASE v.number WHEN 1 THEN '{dark}' ELSE '{dark,motion}' END::text[]
    FROM scout.profile_versions AS v
    WHERE v.id = a.profile_version_id AND a.settled_at IS NULL
"""


def _versions(yard: Yard) -> tuple[UUID, UUID]:
    with yard.store.transaction() as tx:
        now = profiles.active(tx, yard.camera_id)
        assert now is not None
        contents = Contents("counting", "counting-v2", "")
        made = profiles.draft(tx, yard.organization_id, yard.camera_id, contents, by="ann")
    return now.id, made.id


def _ask(yard: Yard, captures: list[UUID], version: UUID) -> int:
    with yard.store.transaction() as tx:
        return len(evals.ask(tx, yard.organization_id, captures, version, by="ann"))


def test_both_versions_look_once_however_often_a_comparison_is_asked_for(
    yard: Yard, database: Database
) -> None:
    captures = [yard.capture(n) for n in (1, 2, 3)]
    versions = _versions(yard)
    for _ in range(2):
        with yard.store.transaction() as tx:
            known = [evals.missing(tx, yard.organization_id, captures, v) for v in versions]
        asked = [_ask(yard, captures, version) for version in versions]
        assert [missing - under_way for missing, under_way in known] == asked
    assert asked == [0, 0]
    assert known == [(3, 3), (3, 3)]
    database.rows(DONE)
    assert [_ask(yard, captures, version) for version in versions] == [0, 0]
    assert database.value("SELECT count(*) FROM scout.analyses WHERE origin = 'eval'") == 6


def test_what_was_looked_at_for_its_own_sake_is_not_looked_at_again(
    yard: Yard, database: Database
) -> None:
    captures = [yard.capture(n) for n in (1, 2)]
    first, second = _versions(yard)
    _ask(yard, captures[:1], first)
    database.rows(DONE)
    assert _ask(yard, captures, first) == 1
    assert _ask(yard, captures, second) == 2


def test_a_failed_look_may_be_tried_again_by_whoever_asks_again(
    yard: Yard, database: Database
) -> None:
    captures = [yard.capture(1)]
    first, _ = _versions(yard)
    for _ in range(2):
        assert _ask(yard, captures, first) == 1
        assert _ask(yard, captures, first) == 0
        database.rows(
            "UPDATE scout.analyses SET state = 'failed', error_class = 'refused', "
            "settled_at = now() WHERE settled_at IS NULL"
        )


def test_a_comparison_tells_where_the_two_differ(yard: Yard, database: Database) -> None:
    captures = [yard.capture(n) for n in (1, 2, 3)]
    versions = _versions(yard)
    _ask(yard, captures, versions[0])
    _ask(yard, captures[:2], versions[1])
    database.rows(DONE)
    with yard.store.transaction() as tx:
        pairs = evals.pairs(tx, yard.organization_id, captures, versions)
    assert [pair.picture.capture_id for pair in pairs] == captures
    assert [pair.settled for pair in pairs] == [True, True, False]
    assert [pair.only_b for pair in pairs] == [("motion",), ("motion",), ()]
    summed = verdict(pairs)
    assert (summed.pictures, summed.compared, summed.agree) == (3, 2, 0)
    assert summed.severities == (("info", "notice", 2),)
    assert summed.flags == (("motion", 0, 2, 0), ("dark", 0, 0, 2))
    assert (summed.a.completed, summed.b.completed) == (3, 2)


def test_nobody_compares_on_another_organizations_pictures(yard: Yard) -> None:
    captures = [yard.capture(1)]
    first, second = _versions(yard)
    with yard.store.transaction() as tx:
        bolt = organizations.find_or_create(tx, "Bolt")
        assert evals.pick(tx, bolt, yard.camera_id, limit=5) == []
        assert evals.missing(tx, bolt, captures, first) == (0, 0)
        assert evals.ask(tx, bolt, captures, first, by="ann") == []
        assert evals.pairs(tx, bolt, captures, (first, second)) == []
