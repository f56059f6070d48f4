"""The messages there are: which actor, on which queue, with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.messages.envelope import Envelope
from scout_workers.messages.queues import (
    BACKFILL,
    DEFAULT,
    EVENTS,
    INSIGHTS,
    PROCESSING,
    PROFILE_GENERATION,
    SCHEDULED,
    SUMMARY_GENERATION,
)

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


def analyze_capture(
    capture_id: UUID, *, historical: bool = False, analysis_id: UUID | None = None
) -> Envelope:
    """Have a capture's image described, by the run asked for; history never delays live ones."""
    queue = BACKFILL if historical else PROCESSING
    run = () if analysis_id is None else (str(analysis_id),)
    return Envelope("analyze_capture", queue, (str(capture_id), *run))


def generate_summary(
    organization_id: UUID, camera_id: UUID | None, kind: str, start: str
) -> Envelope:
    """Have an hour or a day written about.

    Args:
        organization_id: Whose.
        camera_id: Of which camera; None: of all, which only a day can be.
        kind: "hour" or "day".
        start: Of an hour its beginning, in ISO 8601 with an offset; of a day its local date.
    """
    camera = "" if camera_id is None else str(camera_id)
    arguments = (str(organization_id), camera, kind, start)
    return Envelope("generate_summary", SUMMARY_GENERATION, arguments)


def generate_insights(organization_id: UUID, day: date) -> Envelope:
    """Have an organization's local day looked over for what is worth knowing."""
    return Envelope("generate_insights", INSIGHTS, (str(organization_id), day.isoformat()))


def generate_profile(generation_id: UUID) -> Envelope:
    """Have a profile drafted that was asked for (`profile_generations.ask`)."""
    return Envelope("generate_profile", PROFILE_GENERATION, (str(generation_id),))


def broadcast_event(event_id: UUID) -> Envelope:
    """Have an event of the outbox told to whoever listens."""
    return Envelope("broadcast_event", DEFAULT, (str(event_id),))


def deliver_event(event_id: UUID, target: str) -> Envelope:
    """Have one target told of an event."""
    return Envelope("deliver_event", EVENTS, (str(event_id), target))


def advance_backfill(backfill_id: UUID, step: int) -> Envelope:
    """Have a backfill take its step of that number; any other number does nothing."""
    return Envelope("advance_backfill", SCHEDULED, (str(backfill_id), str(step)))
