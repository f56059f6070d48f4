"""What people ask about insights: read only, for the command line and the demo."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import date

    from scout_workers.store.transaction import Transaction

_RUNS = query("report_insight_runs")
_INSIGHTS = query("report_insights")


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One observation that an insight cites, and the picture it is of."""

    observation_id: UUID
    capture_id: UUID
    camera: str
    captured_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class InsightLine:
    """One insight of a day."""

    ordinal: int
    title: str
    text: str
    severity: str
    evidence: list[EvidenceLine]


@dataclass(frozen=True, slots=True)
class InsightDay:
    """One run of a day's insights.

    Attributes:
        current: Whether it is the one that counts for its day.
        refused: How many citations were of nothing that was given.
        dropped: How many insights were left without evidence.
        count: How many insights it has.
        insights: Those, where they were asked for.
    """

    id: UUID
    organization_id: UUID
    organization: str
    time_zone: str
    day: date
    state: str
    current: bool
    refused: int
    dropped: int
    error_class: str | None
    error_detail: str | None
    count: int
    insights: list[InsightLine] = field(default_factory=list)


def days(
    tx: Transaction,
    *,
    organization: str | None = None,
    day: date | None = None,
    since: date | None = None,
    history: bool = False,
    limit: int = 20,
) -> list[InsightDay]:
    """List days with their insights, the latest first; None does not filter.

    Args:
        tx: The transaction.
        organization: Its name.
        day: This local day alone.
        since: Only this local day and later ones.
        history: Also what was superseded or skipped.
        limit: The most days to list.
    """
    filters = {"organization": organization, "day": day, "since": since}
    rows = tx.rows(_RUNS, filters | {"history": history, "limit": limit})
    return [replace(one, insights=_insights(tx, one)) for one in (InsightDay(*row) for row in rows)]


def _insights(tx: Transaction, run: InsightDay) -> list[InsightLine]:
    key = {"organization_id": run.organization_id, "run_id": run.id}
    return [
        InsightLine(
            ordinal,
            title,
            text,
            severity,
            [
                EvidenceLine(UUID(seen), UUID(capture), camera, datetime.fromisoformat(at), body)
                for seen, capture, camera, at, body in evidence
            ],
        )
        for ordinal, title, text, severity, evidence in tx.rows(_INSIGHTS, key)
    ]
