"""What came of it, gathered once, for the table and the sheet alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scout_workers.demo import story
from scout_workers.demo.sheet import Card
from scout_workers.store import report_camera, reports

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from scout_workers.demo.sheet import Day
    from scout_workers.demo.writing import Desk
    from scout_workers.imports import ImportReport
    from scout_workers.store import Store
    from scout_workers.store.report_camera import Calls, Seen

# A sheet of more is no longer looked at, and a table even less.
MOST_PICTURES = 400


@dataclass(frozen=True, slots=True)
class Bill:
    """Model calls for one camera and its organization, ever.

    Attributes:
        purposes: How many there were for what.
    """

    calls: int
    in_doubt: int
    cost_microdollars: int
    purposes: Mapping[str, int]

    @classmethod
    def of(cls, lines: Sequence[Calls]) -> Bill:
        """Add up the ledger's lines; what was provably never sent is no call."""
        sent = [line for line in lines if line.status != "void"]
        purposes: Counter[str] = Counter()
        for line in sent:
            purposes[line.purpose] += line.count
        return cls(
            purposes=purposes,
            calls=sum(line.count for line in sent),
            in_doubt=sum(line.count for line in sent if line.status == "in_doubt"),
            cost_microdollars=sum(line.cost_microdollars for line in sent),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything there is to tell.

    Attributes:
        seen: The newest captures, oldest first, at most `MOST_PICTURES`.
        states: How many captures stand in which state, refused ones as "refused".
        new_calls: Model calls of this run.
        refusals: Why a file was found unfit when it was imported, by name: in better words than a
            worker has, who knows the blob and not the file.
        skipped: Files that were no pictures, with the reason.
        days: What was written about the newest days, the newest last.
    """

    seen: Sequence[Seen]
    states: Mapping[str, int]
    bill: Bill
    new_calls: int
    refusals: Mapping[str, str]
    skipped: Sequence[tuple[str, str]]
    zone: tzinfo
    days: Sequence[Day] = ()

    def local(self, moment: datetime) -> datetime:
        """The moment on the camera's own clock."""
        return moment.astimezone(self.zone)


def bill(store: Store, organization_id: UUID, camera_id: UUID) -> Bill:
    """What the camera's calls came to until now."""
    with store.transaction() as tx:
        return Bill.of(report_camera.calls(tx, organization_id, camera_id))


def gather(store: Store, imported: ImportReport, before: Bill, desk: Desk) -> Outcome:
    """Read what became of a camera's pictures and of their days, in one transaction."""
    with store.transaction() as tx:
        seen = report_camera.captures(tx, imported.camera_id, limit=MOST_PICTURES)
        states = report_camera.states(tx, imported.camera_id)
        lines = report_camera.calls(tx, imported.organization_id, imported.camera_id)
        zone = reports.time_zone(tx, imported.organization_id)
        days = story.read(tx, desk)
    now = Bill.of(lines)
    return Outcome(
        seen=seen,
        states=states,
        bill=now,
        new_calls=now.calls - before.calls,
        refusals={each.name: each.reason for each in imported.refused},
        skipped=[(each.name, each.reason) for each in imported.skipped],
        zone=_zone(zone),
        days=days,
    )


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def trouble(seen: Seen, outcome: Outcome) -> str:
    """Why a capture has no observations, in words; empty where it has."""
    if seen.analysis_state == "completed":
        return ""
    if seen.state in {"unreadable", "missing", "expired"}:
        return outcome.refusals.get(seen.source) or seen.state_reason or seen.state
    if seen.error_class:
        return f"{seen.error_class}: {seen.error_detail}" if seen.error_detail else seen.error_class
    return seen.analysis_state or "waiting"


def card(seen: Seen, outcome: Outcome, picture: bytes | None) -> Card:
    """One capture as the sheet shows it."""
    return Card(
        name=seen.source or seen.blob.key,
        taken=outcome.local(seen.captured_at),
        picture=picture,
        headline=seen.headline or "",
        severity=seen.severity,
        flags=seen.flags,
        observations=seen.observations,
        trouble=trouble(seen, outcome),
        id=seen.id,
    )
