"""Organizations, cameras, profiles and captures: found or created, each once, and never mixed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
import pytest
from fix_broker import PATIENCE
from fix_store import FIRST_MOMENT

from scout_workers.domain.captures import BlobRef, CaptureState
from scout_workers.store import Transaction, cameras, captures, organizations, profiles
from scout_workers.store.captures import NewCapture

if TYPE_CHECKING:
    from collections.abc import Callable

    from fix_store import Database, Yard

    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.store import Store

LOCAL: dict[str, Any] = {
    "provider": "local",
    "model": "local-vision-v1",
    "instructions": "Watch the gate.",
}


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight: what PgBouncer might make of these statements is shown by the actors' tests."""
    return store_url


def _at_once(store: Store, work: Callable[[Transaction], object], times: int = 6) -> list[object]:
    start = threading.Barrier(times)

    def one() -> object:
        start.wait(PATIENCE)
        with store.transaction() as tx:
            return work(tx)

    with ThreadPoolExecutor(times, "at-once") as pool:
        return [future.result(PATIENCE) for future in [pool.submit(one) for _ in range(times)]]


def test_an_organization_is_created_once_however_many_ask_at_once(
    store: Store, database: Database
) -> None:
    found = _at_once(store, lambda tx: organizations.find_or_create(tx, "Acme"))
    assert len(set(found)) == 1
    assert database.rows("SELECT id, name, time_zone FROM scout.organizations") == [
        (found[0], "Acme", "UTC")
    ]


def test_a_camera_is_created_once_in_its_organization(store: Store, database: Database) -> None:
    with store.transaction() as tx:
        acme = organizations.find_or_create(tx, "Acme")
        bolt = organizations.find_or_create(tx, "Bolt")
    found = _at_once(store, lambda tx: cameras.find_or_create(tx, acme, "yard"))
    with store.transaction() as tx:
        other = cameras.find_or_create(tx, bolt, "yard")
    assert len(set(found)) == 1
    assert other not in found
    assert database.value("SELECT count(*) FROM scout.cameras") == 2


def test_a_camera_of_no_organization_is_refused(store: Store) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation), store.transaction() as tx:
        cameras.find_or_create(tx, uuid4(), "yard")


def test_equal_contents_are_one_active_version_however_many_ask_at_once(
    store: Store, yard: Yard, database: Database
) -> None:
    def ensure(tx: Transaction) -> ProfileVersion:
        return profiles.ensure_active(tx, yard.organization_id, yard.camera_id, **LOCAL)

    found = _at_once(store, ensure)
    assert len(set(found)) == 1
    with store.transaction() as tx:
        assert profiles.active(tx, yard.camera_id) == found[0]
    states = database.rows("SELECT state, count(*) FROM scout.profile_versions GROUP BY 1")
    assert dict(states) == {"retired": 1, "active": 1}


def test_different_contents_take_turns_and_one_stays_active(
    store: Store, yard: Yard, database: Database
) -> None:
    names = iter([f"model-{number}" for number in range(6)])

    def ensure(tx: Transaction) -> ProfileVersion:
        wanted = LOCAL | {"model": next(names)}
        return profiles.ensure_active(tx, yard.organization_id, yard.camera_id, **wanted)

    assert len(set(_at_once(store, ensure))) == 6
    active = database.rows("SELECT id FROM scout.profile_versions WHERE state = 'active'")
    assert len(active) == 1


def test_an_old_version_becomes_active_again_as_itself(store: Store, yard: Yard) -> None:
    with store.transaction() as tx:
        first = profiles.active(tx, yard.camera_id)
        assert first is not None
        second = profiles.ensure_active(tx, yard.organization_id, yard.camera_id, **LOCAL)
        third = profiles.ensure_active(
            tx,
            yard.organization_id,
            yard.camera_id,
            provider=first.provider,
            model=first.model,
            instructions=first.instructions,
        )
        assert profiles.get(tx, second.id) == second
        assert profiles.get(tx, uuid4()) is None
    assert second != first
    assert third == first


def test_a_profile_across_organizations_is_refused(store: Store, yard: Yard) -> None:
    with store.transaction() as tx:
        bolt = organizations.find_or_create(tx, "Bolt")
    with pytest.raises(psycopg.errors.ForeignKeyViolation), store.transaction() as tx:
        profiles.ensure_active(tx, bolt, yard.camera_id, **LOCAL)


def _new(yard: Yard, **changes: Any) -> NewCapture:
    plain = NewCapture(
        organization_id=yard.organization_id,
        camera_id=yard.camera_id,
        bucket="pictures",
        key="yard/1.jpg",
        captured_at=FIRST_MOMENT,
        size_bytes=10,
        sha256="0" * 64,
        source="import of yard/1.jpg",
    )
    return replace(plain, **changes)


def test_a_blob_is_one_capture_however_often_it_is_imported(store: Store, yard: Yard) -> None:
    found = _at_once(store, lambda tx: captures.insert(tx, _new(yard)))
    (capture_id,) = {each for each in found if each is not None}
    assert found.count(None) == 5
    with store.transaction() as tx:
        capture = captures.get(tx, _uuid(capture_id))
    assert capture is not None
    assert capture.blob == BlobRef("pictures", "yard/1.jpg")
    assert capture.captured_at == FIRST_MOMENT
    assert capture.state is CaptureState.RECEIVED


def test_there_is_no_capture_of_an_unknown_id(store: Store) -> None:
    with store.transaction() as tx:
        assert captures.get(tx, uuid4()) is None
        assert captures.lock(tx, uuid4()) is None


def test_a_capture_across_organizations_is_refused(store: Store, yard: Yard) -> None:
    with store.transaction() as tx:
        bolt = organizations.find_or_create(tx, "Bolt")
    with pytest.raises(psycopg.errors.ForeignKeyViolation), store.transaction() as tx:
        captures.insert(tx, _new(yard, organization_id=bolt))


@pytest.mark.parametrize(
    "changes", [{"sha256": "abc"}, {"size_bytes": -1}, {"key": ""}, {"bucket": ""}]
)
def test_a_malformed_capture_is_refused(
    store: Store, yard: Yard, changes: dict[str, object]
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation), store.transaction() as tx:
        captures.insert(tx, _new(yard, **changes))


def test_an_image_is_not_called_unreadable_without_a_reason(store: Store, yard: Yard) -> None:
    capture_id = yard.capture()
    with pytest.raises(psycopg.errors.CheckViolation), store.transaction() as tx:
        captures.set_state(tx, capture_id, CaptureState.UNREADABLE)


def test_an_expired_capture_stays_expired(store: Store, yard: Yard, database: Database) -> None:
    capture_id = yard.capture()
    database.rows("UPDATE scout.captures SET state = 'expired'")
    with store.transaction() as tx:
        captures.set_state(tx, capture_id, CaptureState.READABLE)
    assert database.rows("SELECT state FROM scout.captures") == [("expired",)]


def test_earlier_captures_come_newest_first_from_the_same_camera_only(
    store: Store, yard: Yard
) -> None:
    ids = [yard.capture(number) for number in range(1, 7)]
    with store.transaction() as tx:
        gate = cameras.find_or_create(tx, yard.organization_id, "gate")
        captures.insert(tx, _new(yard, camera_id=gate, key="gate/1.jpg"))
        captures.set_state(tx, ids[1], CaptureState.UNREADABLE, "it is no image")
        captures.set_state(tx, ids[2], CaptureState.READABLE)
    with store.transaction() as tx:
        latest = captures.get(tx, ids[4])
        assert latest is not None
        assert [ref.key for ref in captures.earlier(tx, latest, limit=10)] == [
            "yard/0004.jpg",
            "yard/0003.jpg",
            "yard/0001.jpg",
        ]
        assert len(captures.earlier(tx, latest, limit=1)) == 1


def test_captures_of_one_moment_have_an_order_too(store: Store, yard: Yard) -> None:
    with store.transaction() as tx:
        ids = [captures.insert(tx, _new(yard, key=f"yard/{n}.jpg")) for n in range(4)]
        seen = []
        for capture_id in ids:
            assert capture_id is not None
            capture = captures.get(tx, capture_id)
            assert capture is not None
            seen.append(len(captures.earlier(tx, capture, limit=10)))
    assert sorted(seen) == [0, 1, 2, 3]


def test_earlier_captures_are_read_from_the_index_however_many_there_are(
    yard: Yard, database: Database
) -> None:
    database.rows(
        "INSERT INTO scout.captures (organization_id, camera_id, bucket, key, captured_at, "
        "size_bytes, sha256) SELECT %s, %s, 'pictures', 'many/' || n, "
        "'2026-01-01'::timestamptz + n * interval '1 min', 1, repeat('0', 64) "
        "FROM generate_series(1, 20000) AS n",
        yard.organization_id,
        yard.camera_id,
    )
    database.rows("ANALYZE scout.captures")
    explained = database.rows(
        "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "
        + captures._EARLIER.as_string()
        .replace("%(camera_id)s", f"'{yard.camera_id}'")
        .replace("%(captured_at)s", f"'{FIRST_MOMENT - timedelta(days=165)}'")
        .replace("%(id)s", f"'{uuid4()}'")
        .replace("%(limit)s", "6")
    )
    plan = explained[0][0][0]["Plan"]
    assert "Index Scan" in str(plan)
    assert "Sort" not in str(plan["Plans"])
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 20


def _uuid(value: object) -> UUID:
    assert isinstance(value, UUID)
    return value
