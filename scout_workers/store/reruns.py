"""Analyses somebody asks for once more: under another version, after a failure, or in a new round.

A rerun is a row of its own beside the earlier ones, which stay. It is asked for in pages, each a
transaction that also sends the messages; asked for twice, at once or after a crash, it is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_ASK = query("reruns_ask")
_COUNT = query("reruns_count")


class Which(StrEnum):
    """Which captures of a selection get a run."""

    MISSING = "missing"  # that have none of the version yet
    FAILED = "failed"  # whose latest analysis failed
    AGAIN = "again"  # all of them, once for each named round


@dataclass(frozen=True, slots=True)
class Selection:
    """Which captures are to be analysed, and for which version.

    Attributes:
        organization_id: Whose captures; no selection goes beyond one organization.
        camera_id: Of this camera; None: of all the organization's.
        since: Taken at this moment or later.
        until: Taken before this moment.
        version_id: For this version, of whichever camera has it; None: each camera's active one.
        which: Which of them.
        round: The name of the round, for `Which.AGAIN`.
    """

    organization_id: UUID
    camera_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    version_id: UUID | None = None
    which: Which = Which.MISSING
    round: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many captures of a selection one model would look at.

    Attributes:
        captures: In the selection, their image not known to be bad.
        under_way: With a run under way already.
        wanted: That a rerun asked for now would look at.
    """

    provider: str
    model: str
    captures: int
    under_way: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A run that was made and now needs its message."""

    capture_id: UUID
    analysis_id: UUID


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a selection.

    Attributes:
        seen: How many captures it had.
        asked: The runs it got.
        rest: Where the next page begins: (moment, id) of the last capture; None: there is none.
    """

    seen: int
    asked: tuple[Asked, ...]
    rest: tuple[datetime, UUID] | None


def ask(
    tx: Transaction,
    selection: Selection,
    *,
    by: str,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 100,
) -> Page:
    """Make the runs of one page of a selection; the caller sends their messages in `tx`.

    Args:
        tx: The transaction; it locks the page's captures until it ends.
        selection: What is wanted.
        by: Who asks.
        after: Where the page before ended.
        limit: The most captures of a page.
    """
    moment, capture_id = after or (None, None)
    paging = {"after_moment": moment, "after_id": capture_id, "limit": limit, "asked_by": by}
    rows = tx.rows(_ASK, _parameters(selection) | paging)
    return Page(
        seen=len(rows),
        asked=tuple(Asked(capture, run) for _, capture, run in rows if run is not None),
        rest=(rows[-1][0], rows[-1][1]) if len(rows) == limit else None,
    )


def count(tx: Transaction, selection: Selection) -> list[Count]:
    """Count what a rerun asked for now would look at, model by model."""
    return [Count(*row) for row in tx.rows(_COUNT, _parameters(selection))]


def _parameters(selection: Selection) -> dict[str, Any]:
    return {
        "organization_id": selection.organization_id,
        "camera_id": selection.camera_id,
        "since": selection.since,
        "until": selection.until,
        "version_id": selection.version_id,
        "which": selection.which,
        "round": selection.round,
    }
