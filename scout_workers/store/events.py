"""The outbox: events are written with what they tell of, and broadcast afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from psycopg.types.json import Jsonb

from scout_workers.domain.events import Event
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scout_workers.store.transaction import Transaction

_RECORD = query("events_record")
_GET = query("events_get")
_MARK_BROADCAST = query("events_mark_broadcast")


def record(
    tx: Transaction,
    organization_id: UUID,
    kind: str,
    subject_id: UUID,
    payload: Mapping[str, object],
) -> UUID:
    """Put an event into the outbox and return its id; there is one of a kind for each subject.

    Raises:
        psycopg.errors.ForeignKeyViolation: There is no such organization.
    """
    row = tx.row(
        _RECORD,
        {
            "organization_id": organization_id,
            "kind": kind,
            "subject_id": subject_id,
            "payload": Jsonb(dict(payload)),
        },
    )
    assert row is not None  # inserted or updated, one or the other
    assert isinstance(row[0], UUID)
    return row[0]


def get(tx: Transaction, event_id: UUID) -> Event | None:
    """Return an event, or None if there is none of that id."""
    row = tx.row(_GET, {"id": event_id})
    return None if row is None else Event(*row)


def mark_broadcast(tx: Transaction, event_id: UUID) -> None:
    """Remember that an event was told; the first time counts."""
    tx.execute(_MARK_BROADCAST, {"id": event_id})
