"""Finding texts: by their words, by their vectors, and what is shown of those that were found.

Every statement is narrowed to one organization; there is no way to leave that out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg.sql import Identifier, Literal

from scout_workers.domain.embeddings import literal
from scout_workers.domain.observations import Severity
from scout_workers.domain.texts import TextKey, TextKind
from scout_workers.store.queries import query, vector_query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from psycopg.sql import Composed

    from scout_workers.domain.embedding_models import EmbeddingModel
    from scout_workers.domain.embeddings import Vector
    from scout_workers.domain.texts import Scope
    from scout_workers.store.transaction import Transaction

_WORDS = query("search_words")
_FOUND = query("search_found")
_ORGANIZATIONS = query("search_organizations")
_CAMERAS = query("search_cameras")
_SCAN = vector_query("embeddings_scan")
_COUNTED = vector_query("embeddings_counted")
_COMPARED = vector_query("embeddings_compared")
_NEAREST = vector_query("embeddings_nearest")

RANKED: Final = 1_000
"""Of the texts with the words that are asked for, so many of the newest are ranked."""

FEW: Final = 10_000
"""So many vectors are compared one by one; it takes no longer than a walk through the index."""

MANY: Final = 100_000
"""Where the index yields too few all the same, so many of the newest are compared."""

EF_SEARCH: Final = 100
MAX_SCAN_TUPLES: Final = 100_000


class Organization(NamedTuple):
    """Whose texts are searched."""

    id: UUID
    name: str
    time_zone: str


class Near(NamedTuple):
    """A text whose vector is near, and how near: 1 is the same direction, 0 nothing in common."""

    key: TextKey
    similarity: float


@dataclass(frozen=True, slots=True)
class Found:
    """A text as it is shown.

    Attributes:
        body: Of a summary or an insight its headline, and what follows on a line of its own.
        camera: None: of the whole organization.
        capture_id: The picture it is of, if it is of one; likewise `bucket` and `blob_key`.
    """

    key: TextKey
    body: str
    severity: Severity
    observed_at: datetime
    camera: str | None
    capture_id: UUID | None
    analysis_id: UUID | None
    bucket: str | None
    blob_key: str | None

    @property
    def title(self) -> str | None:
        """The headline of a summary or an insight."""
        return self.body.partition("\n")[0] if self.key.kind in _TITLED else None

    @property
    def text(self) -> str:
        """What is said, but for the headline."""
        return self.body.partition("\n")[2] if self.key.kind in _TITLED else self.body


_TITLED = {TextKind.SUMMARY, TextKind.INSIGHT}


def organizations(tx: Transaction, name: str | None) -> list[Organization]:
    """Return the organization of that name, if there is one; or some, where none is named."""
    return [Organization(*row) for row in tx.rows(_ORGANIZATIONS, {"name": name})]


def cameras(tx: Transaction, organization_id: UUID, names: Sequence[str]) -> dict[str, UUID]:
    """Return those of an organization's cameras that have one of these names."""
    parameters = {"organization_id": organization_id, "names": list(names)}
    return {name: camera_id for camera_id, name in tx.rows(_CAMERAS, parameters)}


def by_words(tx: Transaction, scope: Scope, text: str, *, limit: int) -> list[TextKey]:
    """Return the texts that have these words, best first."""
    parameters = filters_of(scope) | {"text": text, "ranked": RANKED, "limit": limit}
    return [TextKey(TextKind(kind), id_) for kind, id_ in tx.rows(_WORDS, parameters)]


def nearest(
    tx: Transaction, model: EmbeddingModel, scope: Scope, vector: Vector, *, limit: int
) -> list[Near]:
    """Return the texts whose vectors are nearest, nearest first.

    Few are compared one by one, exactly; many are found through the model's index. Where that
    yields too few, because hardly anything passes the filter, the newest are compared after all:
    as long as the scope holds texts, the page is never empty.
    """
    narrowed = filters_of(scope) | {"model_id": model.id}
    row = tx.row(_COUNTED, narrowed | {"most": FEW + 1})
    assert row is not None  # a count is a row
    if row[0] > FEW:
        near = by_index(tx, model, scope, vector, limit=limit)
        if len(near) == limit:
            return near
    compared = _COMPARED.format(vectors=Identifier(model.schema))
    wanted = {"vector": literal(vector), "limit": limit, "most": MANY}
    return _near(tx, compared, narrowed | wanted)


def by_index(
    tx: Transaction, model: EmbeddingModel, scope: Scope, vector: Vector, *, limit: int
) -> list[Near]:
    """Return the nearest by the model's index, walked on until enough pass the filter."""
    tx.row(_SCAN, {"ef_search": EF_SEARCH, "max_scan_tuples": MAX_SCAN_TUPLES})
    return _near(
        tx,
        by_index_statement(model),
        filters_of(scope) | {"vector": literal(vector), "limit": limit},
    )


def by_index_statement(model: EmbeddingModel) -> Composed:
    """Return the statement that walks a model's index."""
    return _NEAREST.format(
        vectors=Identifier(model.schema),
        model_id=Literal(model.id),
        dimensions=Literal(model.dimensions),
    )


def found(tx: Transaction, organization_id: UUID, keys: Sequence[TextKey]) -> list[Found]:
    """Return what is shown of these texts, in this order; what is gone by now is left out."""
    parameters = {
        "organization_id": organization_id,
        "kinds": [str(key.kind) for key in keys],
        "ids": [key.id for key in keys],
    }
    shown = {}
    for kind, id_, body, severity, *rest in tx.rows(_FOUND, parameters):
        key = TextKey(TextKind(kind), id_)
        shown[key] = Found(key, body, Severity(severity), *rest)
    return [shown[key] for key in keys if key in shown]


def _near(tx: Transaction, statement: Composed, parameters: dict[str, Any]) -> list[Near]:
    return [
        Near(TextKey(TextKind(kind), id_), similarity)
        for kind, id_, similarity in tx.rows(statement, parameters)
    ]


def filters_of(scope: Scope) -> dict[str, Any]:
    """Return a scope as the statements take it."""
    return {
        "organization_id": scope.organization_id,
        "camera_ids": None if scope.cameras is None else list(scope.cameras),
        "since": scope.since,
        "until": scope.until,
        "kinds": None if scope.kinds is None else [str(kind) for kind in scope.kinds],
        "severities": (
            None if scope.severities is None else [str(each) for each in scope.severities]
        ),
    }
