"""How far the writing about a camera's hours and days is: for whoever waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scout_workers.store.queries import query
from scout_workers.store.summary_due import parameters

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from scout_workers.domain.windows import Subject
    from scout_workers.store.transaction import Transaction

_HOURS = query("report_writing_hours")
_DAY = query("report_writing_day")


class DayStates(NamedTuple):
    """How far a camera's day and its organization's insights of that day are."""

    summary: str
    insights: str


def hours(
    tx: Transaction, organization_id: UUID, camera_id: UUID, since: datetime, until: datetime
) -> list[tuple[datetime, str]]:
    """List the hours in which a camera's pictures were described, each with its state.

    "due" where there is news or nothing was ever begun, "running" where somebody is at it, else as
    it ended.
    """
    ids = {"organization_id": organization_id, "camera_id": camera_id}
    return [
        (start, state) for start, state in tx.rows(_HOURS, ids | {"since": since, "until": until})
    ]


def day(tx: Transaction, subject: Subject, local: date) -> DayStates:
    """Say how far a camera's day is, in the same words."""
    row = tx.row(_DAY, parameters(subject) | {"day": local})
    assert row is not None  # a statement without FROM
    return DayStates(*row)
