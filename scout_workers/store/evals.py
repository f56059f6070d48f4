"""Comparisons of two profile versions: the same captures under both, each looked at once.

A capture that a version has looked at already is not looked at again, whatever it was looked at
for. What a comparison asks for itself is a run like any other, except that nothing follows from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.domain.captures import BlobRef
from scout_workers.domain.evals import Pair, Picture, Result
from scout_workers.store.queries import query
from scout_workers.store.reruns import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_PICK = query("evals_pick")
_MISSING = query("evals_missing")
_ASK = query("evals_ask")
_RESULTS = query("evals_results")
_CAPTURES = query("evals_captures")
_PRICE = query("evals_price")


def pick(tx: Transaction, organization_id: UUID, camera_id: UUID, *, limit: int) -> list[UUID]:
    """Return a camera's newest captures that can be looked at."""
    scope = {"organization_id": organization_id, "camera_id": camera_id, "limit": limit}
    return [row[0] for row in tx.rows(_PICK, scope)]


def missing(
    tx: Transaction, organization_id: UUID, captures: Sequence[UUID], version_id: UUID
) -> tuple[int, int]:
    """Count the captures a version has not looked at, and those of them that are under way."""
    row = tx.row(_MISSING, _scope(organization_id, captures, version_id))
    assert row is not None  # counts are always one row
    return row[0], row[1]


def ask(
    tx: Transaction, organization_id: UUID, captures: Sequence[UUID], version_id: UUID, *, by: str
) -> list[Asked]:
    """Make the runs that a comparison still needs; the caller sends their messages in `tx`."""
    scope = _scope(organization_id, captures, version_id)
    rows = tx.rows(_ASK, scope | {"asked_by": by})
    return [Asked(capture_id, analysis_id) for analysis_id, capture_id in rows]


def pairs(
    tx: Transaction, organization_id: UUID, captures: Sequence[UUID], versions: tuple[UUID, UUID]
) -> list[Pair]:
    """Return what both versions made of the captures, in order of time."""
    first, second = (_results(tx, organization_id, captures, version) for version in versions)
    scope = {"organization_id": organization_id, "captures": list(captures)}
    return [
        Pair(
            Picture(id_, captured_at, source, BlobRef(bucket, key)),
            first.get(id_),
            second.get(id_),
        )
        for id_, captured_at, source, bucket, key in tx.rows(_CAPTURES, scope)
    ]


def price(tx: Transaction, organization_id: UUID, provider: str, model: str) -> float | None:
    """Return what a description cost the organization lately, in microdollars; None: who knows."""
    scope = {"organization_id": organization_id, "provider": provider, "model": model}
    row = tx.row(_PRICE, scope)
    return None if row is None else row[0]


def _results(
    tx: Transaction, organization_id: UUID, captures: Sequence[UUID], version_id: UUID
) -> dict[UUID, Result]:
    rows = tx.rows(_RESULTS, _scope(organization_id, captures, version_id))
    return {capture_id: Result(*result) for capture_id, *result in rows}


def _scope(organization_id: UUID, captures: Sequence[UUID], version_id: UUID) -> dict[str, object]:
    return {
        "organization_id": organization_id,
        "captures": list(captures),
        "version_id": version_id,
    }
