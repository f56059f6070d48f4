"""A database whose contents are known, for those who report of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from fix_store import Database, Yard

ANALYZED = UUID("0e000000-0000-4000-8000-000000000001")

# One capture analysed, as the actor would leave it: two observations, a lost call and a paid one.
FINISHED = """
    WITH c AS (
        UPDATE scout.captures SET state = 'readable' WHERE id = %s::uuid
        RETURNING id, organization_id, camera_id
    ),
    v AS (SELECT id FROM scout.profile_versions WHERE state = 'active'),
    a AS (
        INSERT INTO scout.analyses (id, organization_id, capture_id, profile_version_id, state,
            attempts, headline, severity, flags, started_at, settled_at)
        SELECT %s::uuid, organization_id, c.id, v.id, 'completed', 2, 'A van by the gate',
            'notice', '{motion,vehicle}', now() - interval '90 s', now()
        FROM c, v RETURNING id, organization_id
    ),
    o AS (
        INSERT INTO scout.observations
            (organization_id, analysis_id, ordinal, kind, body, severity, confidence, region, flags)
        SELECT organization_id, id, 0, 'scene', 'A yard by day.', 'info', 0.9,
            NULL::real[], '{}'::text[] FROM a
        UNION ALL
        SELECT organization_id, id, 1, 'changed_region', E'A [bold]van[/bold]\\x1b[31m', 'notice',
            0.5, '{0.1,0.5,0.25,0.25}', '{motion}' FROM a
    )
    INSERT INTO scout.llm_calls (organization_id, camera_id, request_key, purpose, subject_id,
        provider, model, status, lease_token, started_at, expires_at, settled_at, received_at,
        error_class, served_model, input_tokens, output_tokens, cost_microdollars, price_source,
        latency_ms, raw_answer)
    SELECT c.organization_id, c.camera_id, 'describe', 'describe', a.id, 'counting', 'counting-v1',
        s.status, 'token', now() - s.age, now(), now(), s.received, s.error, s.served,
        s.tokens, s.tokens, s.cost, s.price, s.latency, s.answer
    FROM c, a, (VALUES
        (interval '95 s', 'in_doubt', NULL, 'timeout', NULL, NULL, NULL::bigint, NULL, NULL, NULL),
        (interval '80 s', 'succeeded', now(), NULL, 'counting-v1b', 1200, 3400, 'test prices',
            2500, '{}')
    ) AS s (age, status, received, error, served, tokens, cost, price, latency, answer)
"""


@pytest.fixture
def captures(yard: Yard, database: Database) -> list[UUID]:
    """Three captures, the first of them analysed."""
    made = [yard.capture(number) for number in range(1, 4)]
    database.rows(FINISHED, made[0], ANALYZED)
    return made
