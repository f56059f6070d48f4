"""Many vectors of one camera and a few of another, far away from all that is asked for."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pytest

from scout_workers.app import embedding_indexes
from scout_workers.domain.embedding_models import EmbeddingModel, ModelState
from scout_workers.domain.texts import Scope

if TYPE_CHECKING:
    from uuid import UUID

    from fix_store import Database, Yard

    from scout_workers.store import Store

DIMENSIONS = 8
RARE = 3

ASKED = array("f", [1.0] + [0.0] * (DIMENSIONS - 1))
"""What is asked for: near every vector of the crowd, and far from the rare ones."""


@dataclass(frozen=True)
class Crowd:
    """The vectors of a model of eight dimensions, active.

    Attributes:
        crowded: The scope of the camera that has nearly all of them.
        rare: The scope of the camera that has three.
        whole: The scope of the organization.
    """

    store: Store
    database: Database
    model: EmbeddingModel
    crowded: Scope
    rare: Scope
    whole: Scope


class MakeCrowd(Protocol):
    """Makes a crowd of so many vectors."""

    def __call__(self, count: int) -> Crowd: ...


@pytest.fixture
def make_crowd(store: Store, database: Database, yard: Yard, vector_url: str) -> MakeCrowd:
    def make(count: int) -> Crowd:
        gate = database.value(
            "INSERT INTO scout.cameras (organization_id, name) VALUES (%s, 'gate') RETURNING id",
            yard.organization_id,
        )
        database.rows("UPDATE scout.embedding_models SET state = 'retired', retired_at = now()")
        (model_id,) = database.rows(
            "INSERT INTO scout.embedding_models (provider, model, dimensions, state) "
            "VALUES ('local', 'tiny', %s, 'active') RETURNING id",
            DIMENSIONS,
        )[0]
        model = EmbeddingModel(model_id, "local", "tiny", DIMENSIONS, ModelState.ACTIVE, "scout")
        embedding_indexes.make(vector_url, model)
        _fill(database, yard.organization_id, yard.camera_id, count, "1")
        _fill(database, yard.organization_id, gate, RARE, "-1")
        database.rows("ANALYZE scout.embeddings, scout.search_texts")
        return Crowd(
            store=store,
            database=database,
            model=model,
            crowded=Scope(yard.organization_id, cameras=(yard.camera_id,)),
            rare=Scope(yard.organization_id, cameras=(gate,)),
            whole=Scope(yard.organization_id),
        )

    return make


def _fill(
    database: Database, organization_id: UUID, camera_id: UUID, count: int, first: str
) -> None:
    """Write texts, and vectors that point where `first` says, each a little elsewhere."""
    database.rows(
        "INSERT INTO scout.search_texts (organization_id, source_kind, source_id, camera_id, "
        "observed_at, severity, body, content_hash) "
        "SELECT %s, 'observation', gen_random_uuid(), %s, now() - n * interval '1 min', 'info', "
        "CASE WHEN n %% 1000 = 7 THEN 'a rare zebra ' ELSE 'a van by the gate ' END || n, "
        "sha256(n::text::bytea) FROM generate_series(1, %s) n",
        organization_id,
        camera_id,
        count,
    )
    database.rows(
        "INSERT INTO scout.embeddings (organization_id, source_kind, source_id, model_id, "
        "content_hash, camera_id, observed_at, severity, embedding) "
        "SELECT t.organization_id, t.source_kind, t.source_id, m.id, t.content_hash, t.camera_id, "
        "t.observed_at, t.severity, v.numbers::scout.halfvec "
        "FROM scout.search_texts t JOIN scout.embedding_models m ON m.state = 'active' "
        "CROSS JOIN LATERAL (SELECT array_agg(CASE WHEN d = 1 THEN %s::real "
        "ELSE (0.3 * random())::real END ORDER BY d) AS numbers "
        "FROM generate_series(1, m.dimensions) d WHERE t.source_id IS NOT NULL) AS v "
        "WHERE t.camera_id = %s",
        first,
        camera_id,
    )
