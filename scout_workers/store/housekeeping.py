"""What the sweep finds left behind, and what the purge takes by its age: a batch at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from scout_workers.domain.captures import BlobRef
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from scout_workers.store.transaction import Transaction

_SWEEP_EVENTS = query("sweep_events")
_SWEEP_DELIVERIES = query("sweep_deliveries")
_SWEEP_CAPTURES = query("sweep_captures")
_SWEEP_ANALYSES = query("sweep_analyses")
_PURGES = {
    "raw_answers": query("purge_raw_answers"),
    "events": query("purge_events"),
    "schedule_runs": query("purge_schedule_runs"),
}
_CAPTURES_DUE = query("purge_captures_due")
_EXPIRE = query("purge_captures_expire")
_PLAN = query("purge_plan")

ROWS = tuple(_PURGES)
"""What is purged by rows alone, without a blob."""


@dataclass(frozen=True, slots=True)
class StuckAnalysis:
    """An analysis that has not moved for a while."""

    id: UUID
    capture_id: UUID
    run_no: int
    lease_token: str | None
    age_seconds: float


@dataclass(frozen=True, slots=True)
class OldCapture:
    """A capture whose image is to go."""

    id: UUID
    blob: BlobRef
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """What a purge would take of one kind.

    Attributes:
        kind: In words.
        count: How many; never more than the bound that was asked for.
    """

    kind: str
    count: int
    oldest: datetime


def unbroadcast(tx: Transaction, *, after: float, most: int) -> list[UUID]:
    """Take events whose broadcast is `after` seconds late, to be sent again."""
    return [found for (found,) in tx.rows(_SWEEP_EVENTS, {"after": after, "most": most})]


def untried(tx: Transaction, *, after: float, most: int) -> list[tuple[UUID, str]]:
    """Take deliveries that should have been tried `after` seconds ago."""
    return [(row[0], row[1]) for row in tx.rows(_SWEEP_DELIVERIES, {"after": after, "most": most})]


def unbegun(tx: Transaction, *, after: float, most: int) -> list[UUID]:
    """Take captures nobody began with in `after` seconds."""
    return [found for (found,) in tx.rows(_SWEEP_CAPTURES, {"after": after, "most": most})]


def unmoved(tx: Transaction, *, after: float, most: int) -> list[StuckAnalysis]:
    """Take analyses that have not moved for `after` seconds; all are marked as looked at."""
    return [StuckAnalysis(*row) for row in tx.rows(_SWEEP_ANALYSES, {"after": after, "most": most})]


def purge(tx: Transaction, kind: str, *, age: float, most: int) -> int:
    """Take a batch of rows that are older than `age` seconds; return how many it was."""
    return tx.execute(_PURGES[kind], {"age": age, "most": most})


def old_captures(
    tx: Transaction, *, age: float, most: int, after: OldCapture | None = None
) -> list[OldCapture]:
    """Return captures whose image is older than `age` seconds, the oldest first.

    Args:
        tx: The open transaction.
        age: Seconds.
        most: How many at most.
        after: The last one of the batch before.
    """
    values = {
        "age": age,
        "most": most,
        "after_at": "-infinity" if after is None else after.received_at,
        "after_id": UUID(int=0) if after is None else after.id,
    }
    return [
        OldCapture(found, BlobRef(bucket, key), at)
        for found, bucket, key, at in tx.rows(_CAPTURES_DUE, values)
    ]


def expire(tx: Transaction, ids: Sequence[UUID]) -> int:
    """Note that images are gone; return how many were there so far."""
    return tx.execute(_EXPIRE, {"ids": list(ids)})


def plan(tx: Transaction, ages: Mapping[str, float], *, bound: int) -> list[Due]:
    """Count what a purge would take, of each kind up to a bound; an age of 0 keeps for ever."""
    return [Due(*row) for row in tx.rows(_PLAN, {**ages, "bound": bound})]
