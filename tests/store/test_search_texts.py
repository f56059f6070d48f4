"""What can be found is written by the finish itself, and says what a picture shows now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fix_embeddings import analyzed, observed
from fix_store import straight

if TYPE_CHECKING:
    from fix_deliveries import Deliveries
    from fix_store import Database, Yard

pytestmark = straight

TEXTS = "SELECT source_kind, body FROM scout.search_texts ORDER BY source_kind, body"


def test_a_finish_writes_its_headline_and_observations_for_search(
    deliveries: Deliveries,
) -> None:
    deliveries.deliver(deliveries.send(deliveries.capture()))
    database = deliveries.database
    assert database.rows(TEXTS) == [
        ("headline", "A van at the gate"),
        ("observation", "A white van."),
        ("observation", "The lamp is on."),
    ]
    assert database.rows(
        "SELECT DISTINCT t.organization_id, t.camera_id, t.capture_id, "
        "t.observed_at = c.captured_at FROM scout.search_texts t, scout.captures c"
    ) == [
        (
            deliveries.yard.organization_id,
            deliveries.yard.camera_id,
            database.value("SELECT id FROM scout.captures"),
            True,
        )
    ]
    assert (
        database.value(
            "SELECT count(*) FROM scout.search_texts "
            "WHERE words @@ websearch_to_tsquery('english', 'vans')"
        )
        == 2
    )


def test_a_capture_that_is_looked_at_again_is_found_by_what_it_says_now(
    yard: Yard, database: Database
) -> None:
    capture_id = observed(database, yard, 1, ["A van."])
    observed(database, yard, 2, ["A bicycle."])
    analyzed(database, capture_id, ["A lorry."], run_no=2, headline="Looked at again")
    assert database.rows(TEXTS) == [
        ("headline", "Looked at again"),
        ("headline", "Something was seen"),
        ("observation", "A bicycle."),
        ("observation", "A lorry."),
    ]


def test_a_draft_that_is_being_tried_changes_nothing_that_is_found(
    yard: Yard, database: Database
) -> None:
    capture_id = observed(database, yard, 1, ["A van."])
    before = database.rows(TEXTS)
    database.rows(
        "WITH draft AS (INSERT INTO scout.profile_versions (organization_id, profile_id, provider, "
        "model, instructions, content_hash, state, number) SELECT organization_id, profile_id, "
        "provider, model, 'Other.', repeat('a', 64), 'draft', 99 FROM scout.profile_versions "
        "RETURNING *) "
        "INSERT INTO scout.analyses (organization_id, capture_id, profile_version_id, state, "
        "headline, severity, settled_at) SELECT organization_id, %s, id, 'completed', "
        "'A spaceship', 'critical', now() FROM draft",
        capture_id,
    )
    assert database.rows(TEXTS) == before


def test_a_deleted_capture_is_found_no_more(yard: Yard, database: Database) -> None:
    capture_id = observed(database, yard, 1, ["A van."])
    observed(database, yard, 2, ["A bicycle."], headline="Second")
    for statement in (
        (
            "DELETE FROM scout.observations o USING scout.analyses a "
            "WHERE a.id = o.analysis_id AND a.capture_id = %s"
        ),
        "DELETE FROM scout.analyses WHERE capture_id = %s",
        "DELETE FROM scout.captures WHERE id = %s",
    ):
        database.rows(statement, capture_id)
    assert database.rows(TEXTS) == [("headline", "Second"), ("observation", "A bicycle.")]


@pytest.mark.parametrize(
    "body",
    ["<script>alert(1)</script>", "'); DROP TABLE scout.search_texts; --", "a & b | !(c", "\\"],
)
def test_hostile_text_is_found_as_what_it_is(yard: Yard, database: Database, body: str) -> None:
    observed(database, yard, 1, [body])
    found: Any = database.rows(TEXTS)
    assert ("observation", body) in found
