"""Observations: what a model found worth saying of one capture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from scout_workers.domain.observations import Observation, Region, Severity
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_OF = query("observations_of")


def records(observations: Sequence[Observation]) -> Jsonb:
    """Return an analysis's observations as its finish writes them, in their order."""
    return Jsonb(
        [
            {
                "ordinal": ordinal,
                "kind": seen.kind,
                "body": seen.text,
                "severity": seen.severity,
                "confidence": seen.confidence,
                "region": None if seen.region is None else _edges(seen.region),
                "flags": list(seen.flags),
            }
            for ordinal, seen in enumerate(observations)
        ]
    )


def of(tx: Transaction, analysis_id: UUID) -> list[Observation]:
    """Return an analysis's observations, in their order."""
    return [
        Observation(
            kind=kind,
            text=body,
            severity=Severity(severity),
            confidence=confidence,
            region=None if region is None else Region(*region),
            flags=tuple(flags),
        )
        for kind, body, severity, confidence, region, flags in tx.rows(
            _OF, {"analysis_id": analysis_id}
        )
    ]


def _edges(region: Region) -> list[float]:
    return [region.x, region.y, region.width, region.height]
