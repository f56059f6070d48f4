from __future__ import annotations

from threading import Barrier, Thread
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg
import pytest
from fix_store import straight

from scout_workers.domain.profiles import SkipUnchanged, content_hash
from scout_workers.store import organizations, profiles, report_profiles
from scout_workers.store.profiles import Contents, NoSuchVersionError, StillADraftError

if TYPE_CHECKING:
    from fix_store import Database, Yard

    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.store import Store

pytestmark = straight

NIGHT = Contents("counting", "counting-v1", "Anything that moves at night.")
STATES = "SELECT number, state FROM scout.profile_versions ORDER BY number"


def _draft(yard: Yard, contents: Contents = NIGHT) -> ProfileVersion:
    with yard.store.transaction() as tx:
        return profiles.draft(
            tx, yard.organization_id, yard.camera_id, contents, by="ann", reason="dark evenings"
        )


def test_a_draft_changes_nothing_until_somebody_makes_it_active(
    yard: Yard, database: Database
) -> None:
    draft = _draft(yard)
    assert database.rows(STATES) == [(1, "active"), (2, "draft")]
    with yard.store.transaction() as tx:
        assert profiles.active(tx, yard.camera_id) != draft
        assert profiles.activate(tx, draft.id, by="bob", reason="looks right")
    assert database.rows(STATES) == [(1, "retired"), (2, "active")]
    with yard.store.transaction() as tx:
        assert profiles.active(tx, yard.camera_id) == draft


def test_every_step_is_kept_with_whose_hand_it_was_and_why(yard: Yard) -> None:
    draft = _draft(yard)
    with yard.store.transaction() as tx:
        profiles.activate(tx, draft.id, by="bob", reason="looks right")
    with yard.store.transaction() as tx:
        profiles.retire(tx, draft.id, by="cleo", reason="too many moths")
    with yard.store.transaction() as tx:
        steps = report_profiles.history(tx, draft.id)
    assert [(s.from_state, s.to_state, s.changed_by, s.reason) for s in steps] == [
        (None, "draft", "ann", "dark evenings"),
        ("draft", "active", "bob", "looks right"),
        ("active", "retired", "cleo", "too many moths"),
    ]
    assert steps == sorted(steps, key=lambda step: step.changed_at)


def test_the_version_that_makes_room_has_the_same_hand_in_its_history(
    yard: Yard, database: Database
) -> None:
    draft = _draft(yard)
    with yard.store.transaction() as tx:
        profiles.activate(tx, draft.id, by="bob", reason="looks right")
    assert database.rows(
        "SELECT number, changed_by, reason FROM scout.profile_changes AS c "
        "JOIN scout.profile_versions AS v ON v.id = profile_version_id WHERE to_state = 'retired'"
    ) == [(1, "bob", "looks right")]


def test_a_change_past_our_own_code_has_a_history_too(yard: Yard, database: Database) -> None:
    database.rows("UPDATE scout.profile_versions SET state = 'retired'")
    user = database.value("SELECT session_user::text")
    assert (
        database.value("SELECT changed_by FROM scout.profile_changes WHERE to_state = 'retired'")
        == f"database user {user}"
    )
    assert yard.camera_id


def test_the_hand_of_one_transaction_is_not_taken_for_anothers(
    yard: Yard, database: Database
) -> None:
    draft = _draft(yard)
    with yard.store.transaction() as tx:
        tx.connection.execute(
            "UPDATE scout.profile_versions SET state = 'active' WHERE state = 'draft' AND false"
        )
        tx.connection.execute("UPDATE scout.profile_versions SET state = 'retired'")
    hands = database.rows("SELECT changed_by FROM scout.profile_changes WHERE to_state = 'retired'")
    assert all(hand.startswith("database user ") for (hand,) in hands)
    assert draft.id


@pytest.mark.parametrize(
    "change",
    [
        "provider = 'another'",
        "model = 'another'",
        "instructions = instructions || '!'",
        "skip_unchanged = '{}'",
        "content_hash = repeat('0', 64)",
        "number = number + 7",
        "created_at = now()",
        "id = gen_random_uuid()",
        "state = 'retired', instructions = ''",
    ],
)
def test_the_database_refuses_a_change_of_a_versions_contents(
    yard: Yard, database: Database, change: str
) -> None:
    assert yard.camera_id
    with pytest.raises(psycopg.errors.RestrictViolation, match="never changed"):
        database.rows(f"UPDATE scout.profile_versions SET {change}")  # noqa: S608 - our own words


def test_without_its_guard_a_versions_contents_could_be_changed(
    yard: Yard, database: Database
) -> None:
    assert yard.camera_id
    database.rows("ALTER TABLE scout.profile_versions DISABLE TRIGGER keep_profile_version")
    database.rows("UPDATE scout.profile_versions SET instructions = 'something else'")
    assert database.value("SELECT instructions FROM scout.profile_versions") == "something else"


def test_what_was_active_is_never_a_draft_again_and_never_deleted(
    yard: Yard, database: Database
) -> None:
    assert yard.camera_id
    with pytest.raises(psycopg.errors.RestrictViolation, match="never a draft again"):
        database.rows("UPDATE scout.profile_versions SET state = 'draft'")
    with pytest.raises(psycopg.errors.RestrictViolation, match="never deleted"):
        database.rows("DELETE FROM scout.profile_versions")


def test_a_draft_is_thrown_away_with_its_history_and_no_other_history_is(
    yard: Yard, database: Database
) -> None:
    _draft(yard)
    database.rows("DELETE FROM scout.profile_versions WHERE state = 'draft'")
    assert database.value("SELECT count(*) FROM scout.profile_changes") == 2
    for change in ("DELETE FROM", "UPDATE"):
        rest = " SET reason = 'none'" if change == "UPDATE" else ""
        with pytest.raises(psycopg.errors.RestrictViolation, match="history"):
            database.rows(f"{change} scout.profile_changes{rest}")


def test_equal_contents_are_one_version_whatever_its_state(yard: Yard) -> None:
    first = _draft(yard)
    with yard.store.transaction() as tx:
        profiles.activate(tx, first.id, by="bob")
    assert _draft(yard) == first
    with yard.store.transaction() as tx:
        assert profiles.active(tx, yard.camera_id) == first


def test_a_policy_is_part_of_the_contents_and_none_leaves_older_hashes_as_they_were(
    yard: Yard, database: Database
) -> None:
    policy = SkipUnchanged(distance=4, changed_area=0.01, at_most_in_a_row=5)
    careful = _draft(yard, Contents("counting", "counting-v1", "Anything unusual.", policy))
    assert careful.skip_unchanged == policy
    with yard.store.transaction() as tx:
        assert profiles.get(tx, careful.id) == careful
    # As the first release hashed it.
    assert content_hash("local", "local-vision-v1", "Gäste") == (
        "69699da2e81512457c51cd40305806bafead2adb014513d62dd9659ebd1c49ef"
    )
    assert database.value("SELECT count(DISTINCT content_hash) FROM scout.profile_versions") == 2


def test_activating_and_retiring_twice_changes_and_writes_nothing(
    yard: Yard, database: Database
) -> None:
    draft = _draft(yard)
    with yard.store.transaction() as tx:
        assert [profiles.activate(tx, draft.id, by="bob") for _ in range(2)] == [True, False]
    with yard.store.transaction() as tx:
        assert [profiles.retire(tx, draft.id, by="bob") for _ in range(2)] == [True, False]
    assert database.value("SELECT count(*) FROM scout.profile_changes") == 6


def test_a_draft_is_not_retired_and_an_unknown_version_is_nobody(yard: Yard) -> None:
    draft = _draft(yard)
    with pytest.raises(StillADraftError), yard.store.transaction() as tx:
        profiles.retire(tx, draft.id, by="bob")
    with pytest.raises(NoSuchVersionError), yard.store.transaction() as tx:
        profiles.activate(tx, uuid4(), by="bob")


def test_numbers_are_given_one_by_one_to_any_number_of_drafts_at_once(
    yard: Yard, database: Database
) -> None:
    together = Barrier(4)

    def make(name: int) -> None:
        together.wait()
        _draft(yard, Contents("counting", "counting-v1", f"wish {name}"))

    threads = [Thread(target=make, args=[n], name=f"draft-{n}") for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [number for number, _ in database.rows(STATES)] == [1, 2, 3, 4, 5]


def test_a_version_across_organizations_is_refused(yard: Yard, store: Store) -> None:
    with store.transaction() as tx:
        bolt: UUID = organizations.find_or_create(tx, "Bolt")
    with pytest.raises(psycopg.errors.ForeignKeyViolation), store.transaction() as tx:
        profiles.draft(tx, bolt, yard.camera_id, NIGHT, by="ann")
