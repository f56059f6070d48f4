"""The embedding model is changed while it is searched: at no step is anything found no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fix_embeddings import EmbeddingProvider

from scout_workers import settings
from scout_workers.app import App, embedding_changes, embedding_indexes
from scout_workers.app.errors import EmbeddingChangeError
from scout_workers.domain import embeddings
from scout_workers.domain.calls import ModelName
from scout_workers.domain.texts import Scope
from scout_workers.llm.local import lexical
from scout_workers.llm.models import Models
from scout_workers.resources import Resources, provide, resources
from scout_workers.searching import Query, Search
from scout_workers.store import embedding_pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fix_embeddings import Texts

VAN = "A white van stands at the gate."
OLD = ModelName("local", lexical.MODEL)
NEW = ModelName("other", "half")
DIMENSIONS = 256
HEAD = "SELECT count(*) FROM scout.embeddings e JOIN scout.embedding_models m ON m.id = e.model_id"


@pytest.fixture
def store_url(vector_url: str) -> str:
    """A database that has vectors."""
    return vector_url


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight to it."""
    return store_url


@pytest.fixture
def other() -> EmbeddingProvider:
    """Another model: half of the first one's numbers."""
    return EmbeddingProvider(
        name="other",
        answers=lambda bodies: embeddings.encode(
            lexical.embed(body)[:DIMENSIONS].tolist() for body in bodies
        ),
    )


@pytest.fixture
def app(texts: Texts, other: EmbeddingProvider, vector_url: str, tmp_path: Path) -> Iterator[App]:
    values = settings.load(database_url=vector_url, data_dir=tmp_path, vector_search=True)
    models = Models({"local": texts.provider, "other": other})
    with App(values) as made:
        made.__dict__["models"] = models
        provide(Resources(texts.store, models, resources().blobs))
        yield made


def _found(texts: Texts) -> str | None:
    """Search: the van must be found by likeness. Returns whose vectors were asked."""
    store, models, blobs = resources()
    scope = Scope(texts.deliveries.yard.organization_id)
    outcome = Search(store, models, blobs).run(Query("a white vann", scope))
    assert VAN in [hit.found.body for hit in outcome.hits if "likeness" in hit.matched]
    return outcome.model


def test_a_search_finds_at_every_step_of_a_change(texts: Texts, app: App) -> None:
    texts.write(VAN, "A dog.", number=1)
    texts.write("The lamp is on.", number=2)
    texts.drain()
    paged: list[int] = []

    model = embedding_changes.build(app, NEW, DIMENSIONS, paged.append)
    assert sum(paged) == 5  # three observations, two headlines
    assert _found(texts) == "local/lexical-hash-v1"
    assert embedding_changes.progress(app, model) == (3, 0)
    with pytest.raises(EmbeddingChangeError, match="has yet to embed 3 texts"):
        embedding_changes.switch(app, NEW)
    assert _found(texts) == "local/lexical-hash-v1"

    texts.write("Seen while it is built.", number=3)
    texts.drain()
    assert _found(texts) == "local/lexical-hash-v1"
    assert embedding_changes.progress(app, model) == (0, 0)
    assert texts.database.rows(
        "SELECT b.lane, count(*) FROM scout.embedding_batches b JOIN scout.embedding_models m "
        "ON m.id = b.model_id WHERE m.provider = 'other' GROUP BY 1 ORDER BY 1"
    ) == [("backfill", 1), ("live", 1)]

    embedding_changes.switch(app, NEW)
    assert _found(texts) == "other/half"
    texts.write("Seen afterwards.", number=4)
    texts.drain()
    assert texts.database.value(f"{HEAD} WHERE m.provider = 'local'") == 4
    assert texts.database.value(f"{HEAD} WHERE m.provider = 'other'") == 5

    removed: list[int] = []

    def told(count: int) -> None:
        removed.append(count)
        assert _found(texts) == "other/half"

    embedding_changes.retire(app, OLD, told)
    assert sum(removed) == 4
    assert _found(texts) == "other/half"
    assert texts.database.rows(
        "SELECT relname FROM pg_class WHERE relname LIKE %s", "embeddings_nearest_%"
    ) == [(embedding_indexes.name_of(model.id),)]


def test_a_model_that_was_retired_is_built_on_from_what_it_has(texts: Texts, app: App) -> None:
    texts.write(VAN)
    texts.drain()
    embedding_changes.build(app, NEW, DIMENSIONS)
    texts.drain()
    embedding_changes.switch(app, NEW)
    texts.write("Seen meanwhile.", number=2)
    texts.drain()
    with pytest.raises(EmbeddingChangeError, match="embeddings build local/lexical-hash-v1"):
        embedding_changes.switch(app, OLD)
    texts.provider.paid.clear()
    embedding_changes.build(app, OLD, None)
    texts.drain()
    assert texts.provider.paid == [("Seen meanwhile.",)]
    embedding_changes.switch(app, OLD)
    assert _found(texts) == "local/lexical-hash-v1"


def test_what_a_model_refused_keeps_no_switch_waiting_and_is_tried_again_by_command(
    texts: Texts, app: App, other: EmbeddingProvider
) -> None:
    texts.write(VAN, "the poison")
    texts.drain()
    other.poison = {"the poison"}
    model = embedding_changes.build(app, NEW, DIMENSIONS)
    texts.drain()
    assert embedding_changes.progress(app, model) == (0, 1)
    embedding_changes.switch(app, NEW)
    other.poison = set()
    assert embedding_changes.retry(app, NEW) == 1
    texts.drain()
    assert embedding_changes.progress(app, model) == (0, 0)


def test_every_text_becomes_due_in_pages_and_once(
    texts: Texts, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_pages, "PAGE", 3)
    for number in range(1, 6):
        texts.write(f"Observation {number}.", number=number)
    paged: list[int] = []
    embedding_changes.build(app, NEW, DIMENSIONS, paged.append)
    assert paged == [3, 3, 3, 1]
    embedding_changes.build(app, NEW, DIMENSIONS)
    assert (
        texts.database.value(
            "SELECT count(*) FROM scout.embedding_due d JOIN scout.embedding_models m "
            "ON m.id = d.model_id WHERE m.provider = 'other'"
        )
        == 5
    )


def test_what_cannot_be_done_is_said_with_what_to_do(texts: Texts, app: App) -> None:
    texts.write(VAN)
    with pytest.raises(EmbeddingChangeError, match="say it with --dimensions"):
        embedding_changes.build(app, NEW, None)
    embedding_changes.build(app, NEW, DIMENSIONS)
    with pytest.raises(EmbeddingChangeError, match="registered with 256 dimensions and not 3"):
        embedding_changes.build(app, NEW, 3)
    with pytest.raises(EmbeddingChangeError, match="switch to another one first"):
        embedding_changes.retire(app, OLD)
    with pytest.raises(EmbeddingChangeError, match="there is no embedding model other/none"):
        embedding_changes.switch(app, ModelName("other", "none"))
    embedding_changes.switch(app, NEW, force=True)
    assert [line.model.name for line in embedding_changes.models(app)] == [
        "other/half",
        "local/lexical-hash-v1",
    ]
