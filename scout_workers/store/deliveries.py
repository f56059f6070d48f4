"""Who is told of which event: deliveries, and how their targets are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.events import Event
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_INSERT = query("event_deliveries_insert")
_BEGIN = query("event_deliveries_begin")
_SETTLE = query("event_deliveries_settle")
_PUT_OFF = query("event_deliveries_put_off")
_FAILED = query("event_targets_failed")
_WELL = query("event_targets_well")
_LIST = query("event_deliveries_list")
_TARGETS = query("event_targets_list")
_REVIVE = query("event_deliveries_revive")

_EVENT_COLUMNS = 8
ERROR_CAP = 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event that is still to be told to a target.

    Attributes:
        event_at: Of which telling; one that happened again is another.
        attempts: How often it was tried in vain.
        age_seconds: How long it has been tried.
        blocked_seconds: How long its target is to be left alone.
    """

    event: Event
    target: str
    event_at: datetime
    attempts: int
    age_seconds: float
    blocked_seconds: float


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery, for people."""

    event_id: UUID
    kind: str
    organization: str
    target: str
    state: str
    attempts: int
    created_at: datetime
    next_try_at: datetime
    settled_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class TargetLine:
    """How a target is, for people."""

    target: str
    failures: int
    blocked_until: datetime | None
    last_error: str | None
    pending: int
    dead: int


def fan_out(tx: Transaction, event: Event, targets: Sequence[str]) -> list[str]:
    """Note who is to be told of an event; return those who were not noted already."""
    values = {
        "event_id": event.id,
        "organization_id": event.organization_id,
        "event_at": event.created_at,
        "targets": list(targets),
    }
    return [target for (target,) in tx.rows(_INSERT, values)]


def begin(tx: Transaction, event_id: UUID, target: str) -> Delivery | None:
    """Return what is to be told; None: it was told, or given up, or never was."""
    row = tx.row(_BEGIN, {"event_id": event_id, "target": target})
    if row is None:
        return None
    event_at, attempts, age, blocked = row[_EVENT_COLUMNS:]
    return Delivery(
        event=Event(*row[:_EVENT_COLUMNS]),
        target=target,
        event_at=event_at,
        attempts=attempts,
        age_seconds=float(age),
        blocked_seconds=float(blocked or 0),
    )


def delivered(tx: Transaction, delivery: Delivery) -> None:
    """Note that the target took it, and is well."""
    _settle(tx, delivery, "delivered", None)
    tx.execute(_WELL, {"target": delivery.target})


def give_up(tx: Transaction, delivery: Delivery, error: str) -> None:
    """Note that it will not be tried again by itself."""
    _settle(tx, delivery, "dead", error[:ERROR_CAP])


def put_off(tx: Transaction, delivery: Delivery, *, wait: float, error: str | None = None) -> None:
    """Note that it is tried again later.

    Args:
        tx: The open transaction.
        delivery: Which.
        wait: Seconds.
        error: Why it was tried in vain; None: it was not tried.
    """
    values = {
        "event_id": delivery.event.id,
        "target": delivery.target,
        "event_at": delivery.event_at,
        "tried": 0 if error is None else 1,
        "wait": wait,
        "error": None if error is None else error[:ERROR_CAP],
    }
    tx.execute(_PUT_OFF, values)


def target_failed(tx: Transaction, target: str, error: str, *, wait: float = 1.0) -> None:
    """Have everybody leave a target alone for a while, for at least `wait` seconds."""
    tx.execute(_FAILED, {"target": target, "error": error[:ERROR_CAP], "least": wait})


def listing(
    tx: Transaction,
    *,
    state: str | None = None,
    target: str | None = None,
    organization: str | None = None,
    event_id: UUID | None = None,
    limit: int,
) -> list[DeliveryLine]:
    """List deliveries, newest first."""
    values = {
        "state": state,
        "target": target,
        "organization": organization,
        "event_id": event_id,
        "limit": limit,
    }
    return [DeliveryLine(*row) for row in tx.rows(_LIST, values)]


def targets(tx: Transaction) -> list[TargetLine]:
    """List every target anything was for, and how it is."""
    return [TargetLine(*row) for row in tx.rows(_TARGETS, {})]


def revive(
    tx: Transaction, *, target: str | None = None, event_id: UUID | None = None, limit: int
) -> list[tuple[UUID, str]]:
    """Have what was given up tried again; return events and targets."""
    values = {"target": target, "event_id": event_id, "limit": limit}
    return [(event, name) for event, name in tx.rows(_REVIVE, values)]


def _settle(tx: Transaction, delivery: Delivery, state: str, error: str | None) -> None:
    values = {
        "event_id": delivery.event.id,
        "target": delivery.target,
        "event_at": delivery.event_at,
        "state": state,
        "error": error,
    }
    tx.execute(_SETTLE, values)
