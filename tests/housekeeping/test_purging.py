from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scout_workers.blobs.files import FileStore
from scout_workers.domain.captures import BlobRef
from scout_workers.housekeeping import Purge, Retention
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from pathlib import Path

    from fix_store import Database, Yard

pytestmark = pytest.mark.parametrize("store_route", ["direct"], indirect=True)
DAY = 86400.0
EVENTS = """
    INSERT INTO scout.events (organization_id, kind, subject_id, payload, created_at, broadcast_at)
    SELECT %s, 'test', gen_random_uuid(), '{}', now() - n * interval '1 day', now()
    FROM generate_series(0, %s) AS n
"""
CALL = """
    INSERT INTO scout.llm_calls (organization_id, request_key, purpose, subject_id, provider, model,
        status, lease_token, expires_at, settled_at, received_at, raw_answer, cost_microdollars)
    SELECT %s, 'key ' || n, 'describe', gen_random_uuid(), 'p', 'm', 'succeeded', 't',
        now() + interval '1 hour', now(), now() - n * interval '1 day', 'said much', 7
    FROM generate_series(0, %s) AS n
"""


@pytest.fixture
def blobs(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "blobs")


def test_events_that_were_told_go_by_age_and_what_waits_for_a_target_stays(
    yard: Yard, database: Database, blobs: FileStore
) -> None:
    database.rows(EVENTS, yard.organization_id, 9)
    database.rows(
        "INSERT INTO scout.event_deliveries (event_id, organization_id, target, event_at, state, "
        "settled_at) SELECT id, organization_id, 'a', created_at, "
        "CASE WHEN n = 1 THEN 'pending' ELSE 'delivered' END, CASE WHEN n > 1 THEN now() END "
        "FROM (SELECT *, row_number() OVER (ORDER BY created_at) AS n FROM scout.events) AS e"
    )
    purge = Purge(yard.store, blobs, Retention(events=5 * DAY, batch=2))
    assert [(due.kind, due.count) for due in purge.plan()] == [("events", 4)]
    assert purge.run(60)["events"] == 4
    ages = database.rows("SELECT extract(day FROM now() - created_at)::int FROM scout.events")
    assert sorted(age for (age,) in ages) == [0, 1, 2, 3, 4, 9]
    assert database.value("SELECT count(*) FROM scout.event_deliveries") == 6
    assert purge.plan() == []
    assert purge.run(60)["events"] == 0


def test_raw_answers_go_by_age_and_the_ledgers_rows_stay_with_their_cost(
    yard: Yard, database: Database, blobs: FileStore
) -> None:
    database.rows(CALL, yard.organization_id, 9)
    assert Purge(yard.store, blobs, Retention(raw_answers=5.5 * DAY)).run(60)["raw_answers"] == 4
    assert database.rows(
        "SELECT raw_answer, count(*), sum(cost_microdollars) FROM scout.llm_calls "
        "GROUP BY 1 ORDER BY 1"
    ) == [("", 4, 28), ("said much", 6, 42)]


def test_images_go_by_age_and_their_rows_say_so(
    yard: Yard, database: Database, blobs: FileStore
) -> None:
    ids = [yard.capture(number) for number in range(1, 5)]
    refs = [BlobRef("pictures", f"yard/{number:04}.jpg") for number in range(1, 5)]
    for ref in refs:
        blobs.write(ref, b"image", content_type="image/jpeg")
    database.rows(
        "UPDATE scout.captures SET received_at = now() - interval '40 days' WHERE id = ANY(%s)",
        ids[:3],
    )
    database.rows(
        "INSERT INTO scout.analyses (organization_id, capture_id, profile_version_id, state, "
        "lease_token) SELECT %s, %s, id, 'running', 't' FROM scout.profile_versions",
        yard.organization_id,
        ids[2],
    )
    purge = Purge(yard.store, blobs, Retention(captures=30 * DAY))
    assert purge.run(60)["captures"] == 2
    assert [blobs.exists(ref) for ref in refs] == [False, False, True, True]
    states = dict(database.rows("SELECT id, state FROM scout.captures"))
    assert [states[each] for each in ids] == ["expired", "expired", "received", "received"]
    assert purge.run(60)["captures"] == 0


def test_an_image_gone_before_it_was_noted_is_noted_by_the_next_run(
    yard: Yard, database: Database, blobs: FileStore
) -> None:
    yard.capture()
    database.rows("UPDATE scout.captures SET received_at = now() - interval '40 days'")
    assert Purge(yard.store, blobs, Retention(captures=30 * DAY)).run(60)["captures"] == 1


def test_what_is_to_be_kept_for_ever_is_kept(
    yard: Yard, database: Database, blobs: FileStore
) -> None:
    database.rows(EVENTS, yard.organization_id, 2)
    purge = Purge(yard.store, blobs, Retention())
    assert purge.plan() == []
    assert not any(purge.run(60).values())


@pytest.mark.parametrize("kind", ["events", "raw_answers"])
def test_a_batch_reads_no_more_than_it_takes(yard: Yard, database: Database, kind: str) -> None:
    database.rows(EVENTS if kind == "events" else CALL, yard.organization_id, 20_000)
    database.rows("ANALYZE scout.events, scout.llm_calls, scout.event_deliveries")
    text = query(f"purge_{kind}").as_string()
    text = text.replace("%(age)s", str(19_990 * DAY)).replace("%(most)s", "5")
    plan = "\n".join(row[0] for row in database.rows(f"EXPLAIN (ANALYZE, BUFFERS) {text}"))
    assert "Seq Scan on events" not in plan
    assert "Seq Scan on llm_calls" not in plan
    assert int(plan.split("shared hit=")[1].split()[0]) < 300, plan
