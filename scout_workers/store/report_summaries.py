"""What people ask about summaries: read only, for the command line and the demo."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from scout_workers.store.queries import query
from scout_workers.store.report_details import CallLine, calls_of
from scout_workers.store.reports import between

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_LIST = query("report_summaries")
_LIKE = query("report_summaries_between")
_ONE = query("report_summary")


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One summary of a list.

    Attributes:
        camera: None: of all cameras.
        current: Whether it is the one that counts for its window.
    """

    id: UUID
    organization: str
    time_zone: str
    camera: str | None
    kind: str
    window_start: datetime
    window_end: datetime
    state: str
    current: bool
    pictures: int
    severity: str | None
    headline: str | None
    error_class: str | None


@dataclass(frozen=True, slots=True)
class SummaryDetail:
    """One summary, what it was written from and what it cost."""

    id: UUID
    organization: str
    time_zone: str
    camera: str | None
    kind: str
    window_start: datetime
    window_end: datetime
    state: str
    current: bool
    severity: str | None
    headline: str | None
    text: str | None
    error_class: str | None
    error_detail: str | None
    attempts: int
    prompt_version: str
    input_hash: str
    superseded_by: UUID | None
    created_at: datetime
    settled_at: datetime | None
    facts: dict[str, Any]
    calls: list[CallLine] = field(default_factory=list)


def summaries(
    tx: Transaction,
    *,
    organization: str | None = None,
    camera: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    since: datetime | None = None,
    history: bool = False,
    limit: int = 20,
) -> list[SummaryLine]:
    """List summaries, the latest windows first; None does not filter.

    Args:
        tx: The transaction.
        organization: Its name.
        camera: Its name.
        kind: "hour" or "day".
        state: As the table calls it.
        since: Only windows that ended later.
        history: Also those that were superseded or skipped.
        limit: The most to list.
    """
    filters = {"organization": organization, "camera": camera, "kind": kind, "state": state}
    more = {"since": since, "history": history, "limit": limit}
    return [SummaryLine(*row) for row in tx.rows(_LIST, filters | more)]


def summaries_like(tx: Transaction, prefix: str) -> list[UUID]:
    """Return up to six ids of summaries that begin with `prefix`, dashes or none.

    Raises:
        ValueError: `prefix` cannot begin an id.
    """
    return [row[0] for row in tx.rows(_LIKE, between(prefix))]


def summary(tx: Transaction, summary_id: UUID) -> SummaryDetail | None:
    """Return everything about a summary, or None where there is no such summary."""
    row = tx.row(_ONE, {"id": summary_id})
    return None if row is None else replace(SummaryDetail(*row), calls=calls_of(tx, summary_id))
