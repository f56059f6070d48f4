"""Two organizations in one database, each with some of everything, alike but for their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from fix_store import FIRST_MOMENT, Yard

from scout_workers.store import budgets, cameras, organizations, profiles

if TYPE_CHECKING:
    from uuid import UUID

    from fix_store import Database

    from scout_workers.store import Store

NAMES = ("Acme", "Bolt")

# What the actors would have left, of both at once. Every text names its organization.
SCENE = (
    """
    INSERT INTO scout.analyses (organization_id, capture_id, profile_version_id, state, headline,
        severity, settled_at)
    SELECT c.organization_id, c.id, v.id, 'completed', 'A van, seen by ' || o.name, 'info', now()
    FROM scout.captures AS c JOIN scout.organizations AS o ON o.id = c.organization_id
    JOIN scout.profile_versions AS v ON v.organization_id = o.id
    """,
    """
    INSERT INTO scout.observations
        (organization_id, analysis_id, ordinal, kind, body, severity, confidence)
    SELECT o.id, a.id, 0, 'object', 'A white van of ' || o.name, 'notice', 0.9
    FROM scout.analyses AS a JOIN scout.organizations AS o ON o.id = a.organization_id
    """,
    """
    INSERT INTO scout.llm_calls (organization_id, camera_id, request_key, purpose, subject_id,
        provider, model, status, lease_token, expires_at, settled_at, received_at, raw_answer,
        served_model, input_tokens, output_tokens, cost_microdollars, price_source, latency_ms)
    SELECT o.id, c.camera_id, 'describe:' || a.id, 'describe', a.id, 'counting',
        'model-of-' || o.name, 'succeeded', 'token', now() + '1 minute', now(), now(), '{}',
        'served-to-' || o.name, 1000, 100, 5000000, 'prices of ' || o.name, 1
    FROM scout.analyses AS a JOIN scout.organizations AS o ON o.id = a.organization_id
    JOIN scout.captures AS c ON c.id = a.capture_id
    """,
    """
    INSERT INTO scout.events (organization_id, kind, subject_id, payload)
    SELECT o.id, 'analysis.completed', a.id, jsonb_build_object('headline', a.headline)
    FROM scout.analyses AS a JOIN scout.organizations AS o ON o.id = a.organization_id
    """,
    """
    INSERT INTO scout.summaries (organization_id, camera_id, kind, window_start, window_end,
        prompt_version, input_hash, facts, state, headline, body, severity, current, settled_at)
    SELECT o.id, k.id, w.kind, w.start, w.until, 'v', repeat('0', 64), '{}', 'completed',
        'A van at ' || o.name, 'It is the van of ' || o.name, 'notice', true, now()
    FROM scout.cameras AS k JOIN scout.organizations AS o ON o.id = k.organization_id,
    (VALUES ('hour', timestamptz '2026-06-21 04:00+00', timestamptz '2026-06-21 05:00+00'),
            ('day', timestamptz '2026-06-21 00:00+00', timestamptz '2026-06-22 00:00+00'))
        AS w (kind, start, until)
    """,
    """
    WITH run AS (
        INSERT INTO scout.insight_runs (organization_id, day, prompt_version, input_hash, facts,
            state, current, settled_at)
        SELECT id, '2026-06-21', 'v', repeat('0', 64), '{}', 'completed', true, now()
        FROM scout.organizations RETURNING id, organization_id
    ),
    insight AS (
        INSERT INTO scout.insights (organization_id, run_id, ordinal, title, body, severity)
        SELECT o.id, run.id, 0, 'The van of ' || o.name, 'Again at ' || o.name, 'warning'
        FROM run JOIN scout.organizations AS o ON o.id = run.organization_id
        RETURNING id, organization_id
    )
    INSERT INTO scout.insight_evidence (organization_id, insight_id, observation_id, ordinal)
    SELECT insight.organization_id, insight.id, b.id, 0
    FROM insight JOIN scout.observations AS b ON b.organization_id = insight.organization_id
    """,
    """
    INSERT INTO scout.backfills (organization_id, which, listed, wish, selection_hash,
        oldest_first, created_by, max_in_flight, yield_at)
    SELECT id, 'missing', false, 'captures of ' || name, repeat('0', 64), false,
        'somebody of ' || name, 1, 1
    FROM scout.organizations
    """,
)


@dataclass(frozen=True)
class Side:
    """One of the two.

    Attributes:
        traces: What nothing may contain that is told to the other: its name, which is in all of
            its texts, and the ids of all its rows.
    """

    name: str
    organization_id: UUID
    camera_id: UUID
    capture_id: UUID
    version_id: UUID
    event_id: UUID
    traces: frozenset[str]


ROWS = """
    SELECT id FROM scout.{table} WHERE organization_id = %s
"""
TABLES = (
    "cameras",
    "captures",
    "profile_versions",
    "analyses",
    "observations",
    "llm_calls",
    "events",
    "summaries",
    "insight_runs",
    "insights",
    "backfills",
)


@pytest.fixture
def sides(store: Store, database: Database) -> tuple[Side, Side]:
    """Both have a camera "yard", with an analysed capture and all that follows from one."""
    made = [_begun(store, name, number) for number, name in enumerate(NAMES, 1)]
    for statement in SCENE:
        database.rows(statement)
    acme, bolt = (_whole(database, name, *ids) for name, ids in zip(NAMES, made, strict=True))
    return acme, bolt


def _begun(store: Store, name: str, number: int) -> tuple[UUID, UUID, UUID, UUID]:
    with store.transaction() as tx:
        organization_id = organizations.find_or_create(tx, name)
        camera_id = cameras.find_or_create(tx, organization_id, "yard")
        version = profiles.ensure_active(
            tx,
            organization_id,
            camera_id,
            provider="counting",
            model=f"model-of-{name}",
            instructions=f"Wishes of {name}",
        )
        budgets.set_limit(tx, organization_id, "day", number * 1_000_000)
    capture_id = Yard(store, organization_id, camera_id).capture(number)
    return organization_id, camera_id, capture_id, version.id


def _whole(database: Database, name: str, organization_id: UUID, *ids: UUID) -> Side:
    rows = {
        table: [row[0] for row in database.rows(ROWS.format(table=table), organization_id)]
        for table in TABLES
    }
    assert all(rows.values()), "the scene has a row of each in each organization"
    every = [str(row) for found in rows.values() for row in found]
    camera_id, capture_id, version_id = ids
    return Side(
        name,
        organization_id,
        camera_id,
        capture_id,
        version_id,
        rows["events"][0],
        frozenset([name, str(organization_id), *every]),
    )


assert FIRST_MOMENT.isoformat().startswith("2026-06-21T04:00")  # the windows of the scene
