"""Has what was seen be written about: hours, then days, then what is worth knowing of them.

A worker does so by itself, a while after an hour or a day is over. Who watches a demo does not want
to wait for that: the same messages are sent at once, and what was written before is not sent.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers import messages
from scout_workers.domain.windows import Subject, day_of, day_on, hour_of, named, zone_of
from scout_workers.store import report_camera, report_writing, reports

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, tzinfo
    from uuid import UUID

    from scout_workers.demo.hands import Hands
    from scout_workers.demo.telling import Stage
    from scout_workers.store import Store

MOST_DAYS = 3
"""Of a folder of years only the newest days are written about; a worker does the rest in time."""

_LOOK_EVERY_SECONDS = 0.1
_OPEN = {"due", "running"}


@dataclass(frozen=True, slots=True)
class Desk:
    """What is to be written about: the newest days of one camera.

    Attributes:
        organization: Its name.
        camera: The camera's name.
        days: The newest last.
    """

    store: Store
    organization: str
    camera: str
    organization_id: UUID
    camera_id: UUID
    zone: tzinfo
    days: tuple[Subject, ...]

    def states(self) -> dict[tuple[str, datetime], str]:
        """How far each hour, each day and each day's insights are, in the order they are done."""
        found: dict[tuple[str, datetime], str] = {}
        if not self.days:
            return found
        since, until = self.days[0].window.start, self.days[-1].window.end
        with self.store.transaction() as tx:
            hours = report_writing.hours(tx, self.organization_id, self.camera_id, since, until)
            days = [report_writing.day(tx, each, self.local(each)) for each in self.days]
        found |= {("hour", start): state for start, state in hours}
        starts = [each.window.start for each in self.days]
        found |= {("day", start): each.summary for start, each in zip(starts, days, strict=True)}
        found |= {
            ("insights", start): each.insights for start, each in zip(starts, days, strict=True)
        }
        return found

    def local(self, day: Subject) -> date:
        """The date of a day."""
        return day.window.start.astimezone(self.zone).date()

    def send(self, kind: str, start: datetime) -> None:
        """Have an hour, a day or a day's insights be written."""
        if kind == "insights":
            day = start.astimezone(self.zone).date()
            messages.generate_insights(self.organization_id, day).send()
            return
        window = hour_of(start) if kind == "hour" else day_of(start, self.zone)
        messages.generate_summary(
            self.organization_id, self.camera_id, kind, named(window, self.zone)
        ).send()


def desk(store: Store, organization: str, camera: str, ids: tuple[UUID, UUID]) -> Desk:
    """Look which days there are to write about.

    Args:
        store: Where to look.
        organization: Its name.
        camera: The camera's name.
        ids: Of the organization and the camera.
    """
    with store.transaction() as tx:
        time_zone = reports.time_zone(tx, ids[0]) or "UTC"
        zone = zone_of(time_zone)
        newest = report_camera.days(tx, *ids, time_zone, limit=MOST_DAYS)
    days = tuple(Subject(*ids, day_on(day, zone)) for day in reversed(newest))
    return Desk(store, organization, camera, *ids, zone, days)


def unwritten(states: Mapping[tuple[str, datetime], str]) -> bool:
    """Whether anything is still to be written."""
    return any(state in _OPEN for state in states.values())


def write(desk: Desk, hands: Hands, stage: Stage, *, patience_seconds: float = 120.0) -> None:
    """Have everything be written that is not, and wait for it: hours, then days, then insights.

    Args:
        desk: What is to be written about.
        hands: The worker that does it.
        stage: Told at every look.
        patience_seconds: How long nothing at all may change.

    Raises:
        WorkerError: The worker ended, or nothing changed for too long.
    """
    sent: set[tuple[str, datetime]] = set()
    before: dict[tuple[str, datetime], str] = {}
    changed_at = time.monotonic()
    while True:
        states = desk.states()
        left = [key for key, state in states.items() if state in _OPEN]
        stage.at(len(states) - len(left), len(states), left[0][0] if left else "")
        if not left:
            return
        sent &= set(left)  # what has news since is sent again
        for kind, start in left:
            if kind == left[0][0] and (kind, start) not in sent:
                desk.send(kind, start)
                sent.add((kind, start))
        if states != before:
            before, changed_at = states, time.monotonic()
        elif time.monotonic() - changed_at > patience_seconds:
            raise hands.failed(f"Nothing was written for {patience_seconds:.0f} s.")
        if hands.ended_within(_LOOK_EVERY_SECONDS):
            raise hands.failed(f"The worker ended with {len(left)} texts still to write.")
