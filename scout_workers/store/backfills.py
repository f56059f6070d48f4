"""Backfills: planned, started, paused and cancelled; what feeds them is in `backfill_steps`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from scout_workers.domain.backfills import BackfillState, Stop, Throttle, Which
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from scout_workers.domain.backfills import Selection
    from scout_workers.store.transaction import Transaction

_INSERT = query("backfills_insert")
_ACTIVE = query("backfills_active")
_LIST_ITEMS = query("backfills_list_items")
_LOCK = query("backfills_lock")
_SET_STATE = query("backfills_set_state")
_NOTE = query("backfills_note")
_STALLED = query("backfills_stalled")


class BackfillOverError(Exception):
    """It is over: what was asked of it cannot be done any more."""


class Backfill(NamedTuple):
    """A backfill's row, locked until the transaction ends; `now` is the database's clock."""

    id: UUID
    organization_id: UUID
    camera_id: UUID | None
    since: datetime | None
    before: datetime | None
    which: str
    listed: bool
    oldest_first: bool
    state: str
    created_at: datetime
    max_in_flight: int
    rate: float | None
    max_cost: int | None
    until: datetime | None
    yield_at: int
    expected_cost: int
    cursor_moment: datetime | None
    cursor_id: UUID | None
    exhausted: bool
    rate_used_until: datetime | None
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
    step: int
    stepped_at: datetime | None
    now: datetime

    @property
    def throttle(self) -> Throttle:
        """What holds it back."""
        return Throttle(self.max_in_flight, self.rate, self.max_cost, self.until, self.yield_at)

    @property
    def scope(self) -> dict[str, Any]:
        """Which captures it is of, as `backfills_candidates` asks for them."""
        return {
            "backfill_id": self.id,
            "organization_id": self.organization_id,
            "camera_id": self.camera_id,
            "since": self.since,
            "before": self.before,
            "which": Which(self.which),
            "listed": self.listed,
            "oldest_first": self.oldest_first,
            "planned_at": self.created_at,
            "ids": None,
        }


def plan(
    tx: Transaction,
    selection: Selection,
    throttle: Throttle,
    *,
    wish: str,
    by: str,
    total: int,
    expected_cost: int = 0,
    oldest_first: bool = False,
) -> tuple[UUID, bool]:
    """Remember a backfill, to be started; the active one of the same selection if there is one.

    Args:
        tx: The transaction.
        selection: Of which captures.
        throttle: What holds it back.
        wish: The selection in words.
        by: Who wants it.
        total: How many captures it is thought to have.
        expected_cost: What one of them is thought to cost, in millionths of a dollar.
        oldest_first: Begin with the oldest.

    Returns:
        Its id, and whether it is new.
    """
    parameters = {
        "organization_id": selection.organization_id,
        "camera_id": selection.camera_id,
        "since": selection.since,
        "before": selection.before,
        "which": selection.which,
        "listed": selection.listed,
        "wish": wish,
        "selection_hash": selection.hash,
        "oldest_first": oldest_first,
        "created_by": by,
        "max_in_flight": throttle.max_in_flight,
        "rate": throttle.rate,
        "max_cost": throttle.max_cost,
        "until": throttle.until,
        "yield_at": throttle.yield_at,
        "expected_cost": expected_cost,
        "total": total,
    }
    row = tx.row(_INSERT, parameters)
    if row is None:
        row = tx.row(_ACTIVE, parameters)
        if row is None:  # it ended between the two statements
            row = tx.row(_INSERT, parameters)
            assert row is not None
        return row[0], False
    note(tx, row[0], selection.organization_id, by=by, change="planned", detail=wish)
    return row[0], True


def list_captures(
    tx: Transaction, backfill_id: UUID, captures: Sequence[tuple[datetime, UUID]]
) -> None:
    """Put chosen captures on a backfill's list, as long as it is only planned; safe to repeat."""
    found = lock(tx, backfill_id)
    if found is None or found.state != BackfillState.PLANNED:
        return
    parameters = {
        "organization_id": found.organization_id,
        "backfill_id": backfill_id,
        "ids": [capture_id for _, capture_id in captures],
        "moments": [moment for moment, _ in captures],
    }
    tx.execute(_LIST_ITEMS, parameters)


def lock(tx: Transaction, backfill_id: UUID) -> Backfill | None:
    """Return a backfill, locked until the transaction ends; None if there is none of that id."""
    row = tx.row(_LOCK, {"id": backfill_id})
    return None if row is None else Backfill(*row)


def start(
    tx: Transaction, backfill_id: UUID, *, by: str, throttle: dict[str, Any] | None = None
) -> int:
    """Start or resume a backfill; whatever message an earlier step sent does nothing any more.

    Args:
        tx: The transaction.
        backfill_id: The backfill.
        by: Who says so.
        throttle: The fields of `Throttle` that are to be other ones from now on.

    Returns:
        The number of its next step, to be sent as a message with `tx`.

    Raises:
        BackfillOverError: It is completed or cancelled, or there is none of that id.
    """
    return _set(tx, backfill_id, BackfillState.RUNNING, None, by=by, throttle=throttle or {})


def halt(tx: Transaction, backfill_id: UUID, state: BackfillState, *, by: str) -> int:
    """Pause or cancel a backfill: nothing more is fed; what is in flight ends by itself.

    Returns:
        The number of its next step, to be sent as a message with `tx`: it counts what ends.

    Raises:
        BackfillOverError: It is completed or cancelled, or there is none of that id.
    """
    return _set(tx, backfill_id, state, Stop.OPERATOR, by=by, throttle={})


def note(
    tx: Transaction, backfill_id: UUID, organization_id: UUID, *, by: str, change: str, detail: str
) -> None:
    """Write down who did what to a backfill."""
    parameters = {"id": backfill_id, "organization_id": organization_id, "changed_by": by}
    tx.execute(_NOTE, parameters | {"change": change, "detail": detail})


def stalled(tx: Transaction, *, seconds: float) -> list[tuple[UUID, int]]:
    """Return the backfills whose next step is so long overdue, each with that step's number."""
    return [(row[0], row[1]) for row in tx.rows(_STALLED, {"seconds": seconds})]


def _set(
    tx: Transaction,
    backfill_id: UUID,
    state: BackfillState,
    reason: Stop | None,
    *,
    by: str,
    throttle: dict[str, Any],
) -> int:
    found = lock(tx, backfill_id)
    if found is None:
        raise BackfillOverError(f"there is no backfill {backfill_id}")
    if BackfillState(found.state).over:
        raise BackfillOverError(f"backfill {backfill_id} is {found.state}: it is over")
    parameters: dict[str, Any] = {
        "id": backfill_id,
        "state": state,
        "state_reason": reason,
        "max_in_flight": throttle.get("max_in_flight"),
        "yield_at": throttle.get("yield_at"),
    }
    for name in ("rate", "max_cost", "until"):
        parameters |= {name: throttle.get(name), f"set_{name}": name in throttle}
    changed = ", ".join(f"{name} {value}" for name, value in throttle.items())
    note(tx, backfill_id, found.organization_id, by=by, change=state, detail=changed)
    row = tx.row(_SET_STATE, parameters)
    assert row is not None  # it is locked
    return int(row[0])
