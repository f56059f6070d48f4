"""What people ask about backfills, and what a plan is reckoned from: read only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scout_workers.domain.backfills import Selection
    from scout_workers.store.transaction import Transaction

_REPORT = query("backfills_report")
_BETWEEN = query("backfills_between")
_CHANGES = query("backfills_changes")
_FIGURES = query("backfills_figures")
_CANDIDATES = query("backfills_candidates")
_ORGANIZATIONS = query("organizations_names")
_CAMERA = query("cameras_find")

PAGE = 5000
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class BackfillLine:
    """One backfill as people see it.

    Attributes:
        wish: Its selection in words.
        total: How many captures it is thought to have in all.
        fed: How many were fed so far.
        cursor_moment: Up to which moment its selection was looked at.
        speed_seconds: Since when its speed is reckoned, in seconds.
        speed_captures: How many were over since.
        overdue_seconds: How long its next step is overdue; negative: it is to come.
        in_flight: How many are in flight, by their present state.
    """

    id: UUID
    organization: str
    time_zone: str
    camera: str | None
    wish: str
    state: str
    state_reason: str | None
    created_at: datetime
    created_by: str
    started_at: datetime | None
    ended_at: datetime | None
    max_in_flight: int
    rate: float | None
    max_cost: int | None
    until: datetime | None
    yield_at: int
    exhausted: bool
    total: int
    fed: int
    completed: int
    failed: int
    skipped: int
    cost_microdollars: int
    input_tokens: int
    output_tokens: int
    unpriced: int
    failures: dict[str, int]
    cursor_moment: datetime | None
    speed_seconds: float | None
    speed_captures: int
    overdue_seconds: float | None
    step: int
    in_flight: dict[str, int]

    @property
    def settled(self) -> int:
        """How many of its captures are over."""
        return self.completed + self.failed + self.skipped

    @property
    def per_minute(self) -> float | None:
        """Captures a minute since it was started or resumed; None: too early to tell."""
        if not self.speed_seconds or not self.speed_captures:
            return None
        return self.speed_captures / self.speed_seconds * 60


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was done to a backfill."""

    changed_at: datetime
    changed_by: str
    change: str
    detail: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What the latest calls of one model came to, on average; None: nobody knows."""

    calls: int
    input_tokens: float | None
    output_tokens: float | None
    cost_microdollars: float | None
    latency_ms: float | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One capture of a selection; provider and model are None where its camera has no profile."""

    captured_at: datetime
    id: UUID
    wanted: bool
    provider: str | None
    model: str | None


def lines(
    tx: Transaction,
    *,
    backfill_id: UUID | None = None,
    organization: str | None = None,
    active: bool = False,
    limit: int = 20,
) -> list[BackfillLine]:
    """List backfills, newest first; None does not filter."""
    filters = {"id": backfill_id, "organization": organization, "active": active, "limit": limit}
    return [BackfillLine(*row) for row in tx.rows(_REPORT, filters)]


def changes(tx: Transaction, backfill_id: UUID) -> list[Change]:
    """Return what was done to a backfill, oldest first."""
    return [Change(*row) for row in tx.rows(_CHANGES, {"id": backfill_id})]


def like(tx: Transaction, prefix: str) -> list[UUID]:
    """Return up to six ids of backfills that begin with `prefix`, dashes or none.

    Raises:
        ValueError: `prefix` cannot begin an id.
    """
    digits = prefix.replace("-", "").lower()
    if not re.fullmatch("[0-9a-f]{1,32}", digits):
        raise ValueError(f"{prefix!r} is no id and cannot begin one")
    between = {"first": digits.ljust(32, "0"), "last": digits.ljust(32, "f")}
    return [row[0] for row in tx.rows(_BETWEEN, between)]


def figures(tx: Transaction, organization_id: UUID, provider: str, model: str) -> Figures:
    """Return what an organization's latest calls of one model came to."""
    asked = {"organization_id": organization_id, "provider": provider, "model": model}
    row = tx.row(_FIGURES, asked)
    assert row is not None  # an aggregate
    return Figures(*row)


def candidates(
    tx: Transaction,
    selection: Selection,
    *,
    after: tuple[datetime, UUID] | None = None,
    ids: Sequence[UUID] | None = None,
) -> list[Candidate]:
    """Return one page of a selection, newest first; it is the last one if it has none.

    Args:
        tx: The transaction.
        selection: Its camera, times and `which` count; sample and names do not.
        after: Where the page before ended.
        ids: Only these, at most `PAGE`.
    """
    moment, capture_id = after or (None, None)
    parameters: dict[str, Any] = {
        "backfill_id": NOBODY,
        "organization_id": selection.organization_id,
        "camera_id": selection.camera_id,
        "since": selection.since,
        "before": selection.before,
        "which": selection.which,
        "listed": False,
        "oldest_first": False,
        "planned_at": None,
        "ids": None if ids is None else list(ids),
        "moment": moment,
        "id": capture_id,
        "limit": PAGE,
    }
    rows = sorted(tx.rows(_CANDIDATES, parameters), key=lambda row: row[:2], reverse=True)
    return [Candidate(*row) for row in rows]


def organizations(tx: Transaction) -> list[tuple[UUID, str]]:
    """Return the organizations, by name."""
    return [(row[0], row[1]) for row in tx.rows(_ORGANIZATIONS, {})]


def camera(tx: Transaction, organization_id: UUID, name: str) -> UUID | None:
    """Return the organization's camera of that name, or None where it has none."""
    row = tx.row(_CAMERA, {"organization_id": organization_id, "name": name})
    return None if row is None else row[0]
