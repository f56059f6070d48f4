"""A database with vectors, its embedding model, and a provider who is paid for each call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from fix_deliveries import FaultyStore
from fix_store import migrate

from scout_workers import broker, gathering, phases
from scout_workers.app import embedding_indexes
from scout_workers.domain import embeddings
from scout_workers.domain.calls import Answer, ModelName, Usage
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.local import lexical
from scout_workers.llm.models import Models
from scout_workers.llm.protocol import ModelError, ModelProvider
from scout_workers.resources import Resources, provide, resources
from scout_workers.store import MIGRATIONS_VECTOR, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from fix_deliveries import Deliveries
    from fix_postgres import MakeDatabase, Template
    from fix_store import Database, Yard

    from scout_workers.broker import Pool
    from scout_workers.store import Store

FIRST = ModelName("local", lexical.MODEL)


def migrate_with_vectors(url: str) -> None:
    """Apply all migrations, and make the model of the settings the active one."""
    migrate(url)
    broker.Migrator(url, schema=SCHEMA, folder=MIGRATIONS_VECTOR, series="vector").apply()
    embedding_indexes.ensure_first(url, FIRST)


@pytest.fixture
def vector_url(template: Template, make_database: MakeDatabase, *, has_pgvector: bool) -> str:
    """The URL of a fresh database with all tables, those of vectors too."""
    if not has_pgvector:
        pytest.skip("this Postgres has no pgvector")
    return make_database(template("store_vector", migrate_with_vectors))


@dataclass
class EmbeddingProvider(ModelProvider):
    """The local provider's vectors, each call of it paid.

    Attributes:
        paid: The texts of each call that was answered.
        asked: How many texts each call had, the refused ones too.
        poison: A batch with one of these is refused.
        before: Called before the payment; what it raises is the provider's refusal.
    """

    name: str = "local"
    references_wanted: int = 0
    paid: list[tuple[str, ...]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    poison: set[str] = field(default_factory=set)
    before: Callable[[], None] = lambda: None
    answers: Callable[[Sequence[str]], str] = lambda texts: embeddings.encode(
        lexical.embed(text).tolist() for text in texts
    )

    def embed(self, model: str, texts: Sequence[str], *, query: bool = False) -> Answer:
        del query
        phases.outside_transaction("model call")
        self.asked.append(len(texts))
        self.before()
        if self.poison.intersection(texts):
            raise ModelError(ErrorClass.BAD_REQUEST, "one of the inputs cannot be embedded")
        self.paid.append(tuple(texts))
        return Answer(
            raw=self.answers(texts),
            served_model=model,
            usage=Usage(input_tokens=10 * len(texts)),
            cost_microdollars=len(texts),
            price_source="test",
            latency_ms=3,
        )


@dataclass
class Texts:
    """Observations written as a finish writes them, and what becomes of them.

    Attributes:
        provider: Who embeds them.
    """

    store: Store
    database: Database
    deliveries: Deliveries
    provider: EmbeddingProvider

    def write(self, *bodies: str, number: int = 1, severity: str = "info") -> UUID:
        """Complete an analysis with these observations and return its capture."""
        yard = self.deliveries.yard
        return observed(self.database, yard, number, bodies, severity=severity)

    def send(self) -> int:
        """Send a message that gathers what waits, and return its row's number."""
        gathering.gather_texts().send()
        return int(self.database.value("SELECT max(id) FROM scout_broker.message"))

    def rows(self, actor: str) -> list[int]:
        """The rows of an actor's messages that are in the broker's table."""
        found = self.database.rows(
            "SELECT id FROM scout_broker.message WHERE actor = %s ORDER BY id", actor
        )
        return [row for (row,) in found]

    def drain(self) -> list[BaseException]:
        """Gather, and deliver whatever there is to deliver, until there is nothing more."""
        errors = []
        self.deliveries.deliver(self.send())
        while rows := self.database.rows(
            "SELECT id FROM scout_broker.message WHERE actor IN ('gather_texts', 'embed_texts') "
            "ORDER BY id LIMIT 1"
        ):
            error = self.deliveries.deliver(rows[0][0])
            if error is not None:
                errors.append(error)
                self.database.rows("DELETE FROM scout_broker.message WHERE id = %s", rows[0][0])
        return errors

    def embedded(self) -> list[str]:
        """The bodies of the texts that have a vector."""
        found = self.database.rows(
            "SELECT body FROM scout.embeddings JOIN scout.search_texts "
            "USING (organization_id, source_kind, source_id) ORDER BY body"
        )
        return [body for (body,) in found]

    def due(self) -> list[tuple[Any, ...]]:
        """The texts that are due: body, and why they were refused if they were."""
        return self.database.rows(
            "SELECT body, error_class FROM scout.embedding_due JOIN scout.search_texts "
            "USING (organization_id, source_kind, source_id) ORDER BY body"
        )


def observed(
    database: Database,
    yard: Yard,
    number: int,
    bodies: Sequence[str],
    *,
    severity: str = "info",
    headline: str = "Something was seen",
) -> UUID:
    """Complete an analysis of a capture of that number, as a finish does; return the capture."""
    capture_id = yard.capture(number)
    analyzed(database, capture_id, bodies, severity=severity, headline=headline)
    return capture_id


def analyzed(
    database: Database,
    capture_id: UUID,
    bodies: Sequence[str],
    *,
    severity: str = "info",
    headline: str = "Something was seen",
    run_no: int = 1,
) -> UUID:
    """Complete an analysis of a capture by the camera's active version; return the analysis."""
    return database.value(  # type: ignore[no-any-return]  # a uuid
        """
        WITH a AS (
            INSERT INTO scout.analyses (id, organization_id, capture_id, profile_version_id, run_no,
                state, attempts, headline, severity, started_at, settled_at)
            SELECT %s, c.organization_id, c.id, v.id, %s, 'completed', 1, %s, %s, now(), now()
            FROM scout.captures c
            JOIN scout.analysis_profiles p ON p.camera_id = c.camera_id
            JOIN scout.profile_versions v ON v.profile_id = p.id AND v.state = 'active'
            WHERE c.id = %s
            RETURNING id, organization_id
        ),
        o AS (
            INSERT INTO scout.observations
                (organization_id, analysis_id, ordinal, kind, body, severity, confidence)
            SELECT a.organization_id, a.id, b.ordinal, 'scene', b.body, %s, 0.5
            FROM a, unnest(%s::text[]) WITH ORDINALITY AS b (body, ordinal)
        )
        SELECT id FROM a
        """,
        uuid4(),
        run_no,
        headline,
        severity,
        capture_id,
        severity,
        list(bodies),
    )


@pytest.fixture
def embedding_provider() -> EmbeddingProvider:
    return EmbeddingProvider()


@pytest.fixture
def texts(
    store_pool: Pool,
    database: Database,
    deliveries: Deliveries,
    embedding_provider: EmbeddingProvider,
) -> Texts:
    """Deliveries whose store has vectors; the test's module gives `store_url` such a database."""
    store = FaultyStore(store_pool, deliveries.faults, vectors=True)
    models = Models({"local": embedding_provider, deliveries.provider.name: deliveries.provider})
    provide(Resources(store, models, resources().blobs))
    return Texts(store, database, deliveries, embedding_provider)
