"""Searching: by words and by likeness at once, and what is shown of what is found.

    found = Search(store, models, blobs).run(Query("white van", Scope(organization_id)))

Words are found in Postgres' full text, at once. The query's own vector is one call to the model
whose vectors are asked; it is paid at most once for a text, outside every transaction. Where there
are no vectors, or the model cannot be asked now, words alone are searched, and the outcome says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from scout_workers import asking, deadline, phases
from scout_workers.domain import embeddings
from scout_workers.domain.embedding_models import NOTHING_IN_COMMON
from scout_workers.domain.embedding_requests import request_for
from scout_workers.domain.errors import ScoutError
from scout_workers.domain.ranking import fuse
from scout_workers.store import embedding_models, ledger, search_sources, searches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from uuid import UUID

    from scout_workers.blobs.protocol import BlobStore
    from scout_workers.domain.calls import Answer, ModelName
    from scout_workers.domain.embedding_models import EmbeddingModel
    from scout_workers.domain.embeddings import Vector
    from scout_workers.domain.texts import Scope, TextKey
    from scout_workers.llm.models import Models
    from scout_workers.store import Store
    from scout_workers.store.search_sources import Source
    from scout_workers.store.searches import Found

WORDS: Final = "words"
LIKENESS: Final = "likeness"

LONGEST: Final = 1_000
"""Characters of a query."""

_CANDIDATES = 200  # of each search, at least; several texts of a picture become one row
_CALL_SECONDS = 20.0  # a person waits


class QueryError(ValueError):
    """There is nothing to search for, or too much of it."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for, and where.

    Raises:
        QueryError: The text is empty or too long.
    """

    text: str
    scope: Scope
    limit: int = 20

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST:
            raise QueryError(
                f"the query is {len(self.text):,} characters long; {LONGEST:,} are the most: "
                "ask for what it is about"
            )
        readable = "".join(char if char.isprintable() else " " for char in self.text)
        object.__setattr__(self, "text", " ".join(readable.split()))
        if not self.text:
            raise QueryError("the query is empty: say what to look for")


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of the outcome: a picture by the best of its texts, or a text of no picture.

    Attributes:
        score: Of the merged ranking; comparable within one outcome only.
        similarity: Of its vector to the query's, 1 at most; None where it was found by words alone.
        matched: Which searches found it, of `WORDS` and `LIKENESS`.
        source: Of a summary or an insight: its time, and the pictures that show it.
    """

    found: Found
    score: float
    similarity: float | None
    matched: tuple[str, ...]
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found.

    Attributes:
        model: Whose vectors were compared; None: none were.
        note: Why none were, where there could have been.
    """

    hits: tuple[Hit, ...]
    model: str | None
    note: str | None = None


class Search:
    """Searches one installation's texts.

    Args:
        store: What is remembered.
        models: Who embeds the query.
        blobs: Where a receipt goes that cannot reach the database.
    """

    def __init__(self, store: Store, models: Models, blobs: BlobStore) -> None:
        self._store = store
        self._models = models
        self._blobs = blobs

    def run(self, query: Query, model: EmbeddingModel | None = None) -> Outcome:
        """Search by words and by likeness, and merge what both found.

        Args:
            query: What is searched for, and where.
            model: Whose vectors are compared; None: those of the model that is active.

        Raises:
            TransactionHeldError: Called inside a transaction.
            StoreError, psycopg.Error: The database cannot be asked.
        """
        phases.outside_transaction("a search")
        limit = max(_CANDIDATES, 4 * query.limit)
        with self._store.transaction() as tx:
            words = searches.by_words(tx, query.scope, query.text, limit=limit)
            if model is None and self._store.vectors:
                model = embedding_models.active(tx)
        vector, note = None, None
        if model is not None:
            vector, note = self._vector(model, query)
        elif self._store.vectors:
            note = "words alone were searched: no embedding model is active"
        rankings: dict[str, Sequence[TextKey]] = {WORDS: words}
        similar: dict[TextKey, float] = {}
        with self._store.transaction() as tx:
            if model is not None and vector is not None:
                near = searches.nearest(tx, model, query.scope, vector, limit=limit)
                least = NOTHING_IN_COMMON.get(model.name, -1.0)
                similar = {each.key: each.similarity for each in near if each.similarity >= least}
                rankings[LIKENESS] = list(similar)
            merged = fuse(rankings)
            shown = searches.found(
                tx, query.scope.organization_id, [key for key, _, _ in merged[: 2 * limit]]
            )
            by_key = {found.key: found for found in shown}
            hits = [
                Hit(by_key[key], score, similar.get(key), names)
                for key, score, names in merged
                if key in by_key
            ]
            page = list(_one_a_picture(hits))[: query.limit]
            sources = search_sources.of(
                tx, query.scope.organization_id, [hit.found.key for hit in page], query.text
            )
        asked = model.name if model is not None and vector is not None else None
        told = tuple(replace(hit, source=sources.get(hit.found.key)) for hit in page)
        return Outcome(told, asked, note)

    def _vector(self, model: EmbeddingModel, query: Query) -> tuple[Vector | None, str | None]:
        """Return the query's vector, or why there is none."""
        organization_id = query.scope.organization_id
        request = request_for(
            model, organization_id, [query.text], subject_id=organization_id, query=True
        )
        try:
            with self._store.transaction() as tx:
                call = ledger.begin(tx, request, str(uuid4()))
        except ScoutError as error:
            return None, _words_alone(error)
        question = asking.Question(self._store, self._blobs, call)

        def prepare(name: ModelName, _complaint: str | None) -> Callable[[], Answer]:
            embed = self._models.provider(name.provider).embed
            return partial(embed, name.model, [query.text], query=True)

        parse = partial(embeddings.decode, count=1, dimensions=model.dimensions)
        try:
            with deadline.starting(_CALL_SECONDS):
                vectors = question.answered(prepare, parse)
        except Exception as error:
            failure = question.failure(error)
            self._store.insist(lambda tx: question.fail(tx, failure))
            if not isinstance(error, ScoutError):
                raise
            return None, _words_alone(error)
        if not vectors or vectors[0] is None:
            return None, "words alone were searched: the model's answer came too late to be used"
        return vectors[0], None


def _words_alone(error: ScoutError) -> str:
    return f"words alone were searched: {error.detail}"


def _one_a_picture(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Yield the best text of each picture, and the texts that are of none."""
    seen: set[UUID] = set()
    for hit in hits:
        capture_id = hit.found.capture_id
        if capture_id is None or capture_id not in seen:
            yield hit
        if capture_id is not None:
            seen.add(capture_id)
