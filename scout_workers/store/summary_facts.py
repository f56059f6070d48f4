"""The facts of a window, read from what was observed in it or from the summaries of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.domain import summing
from scout_workers.domain.captures import CaptureState
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.observations import Region, Severity
from scout_workers.domain.summaries import (
    KINDS_LIMIT,
    MOMENT_TEXT_LIMIT,
    MOMENTS_LIMIT,
    Moment,
    SummaryFacts,
)
from scout_workers.domain.summary_data import facts_of
from scout_workers.domain.windows import WindowKind, zone_of
from scout_workers.store.queries import query
from scout_workers.store.summary_due import parameters

if TYPE_CHECKING:
    from datetime import tzinfo

    from scout_workers.domain.windows import Subject
    from scout_workers.store.transaction import Row, Transaction

_SUBJECT = query("summary_subject")
_PICTURES = query("summary_pictures")
_OBSERVATIONS = query("summary_observations")
_PARTS = query("summary_parts")


class NothingToSummarizeError(ScoutError):
    """There is no such organization, or it has no such camera."""

    def __init__(self, detail: str) -> None:
        super().__init__(ErrorClass.BAD_REQUEST, detail)


def gather(tx: Transaction, subject: Subject) -> SummaryFacts:
    """Return the facts of a window as they are now.

    Raises:
        NothingToSummarizeError: There is no such organization or camera.
    """
    row = tx.row(_SUBJECT, parameters(subject))
    if row is None:
        raise NothingToSummarizeError(
            f"there is no camera {subject.camera_id} in the organization {subject.organization_id}"
        )
    time_zone, camera = row
    if subject.window.kind is WindowKind.HOUR:
        return _hour(tx, subject, camera, time_zone)
    parts = [
        summing.Written(facts_of(facts), Severity(severity), headline)
        for facts, severity, headline in tx.rows(_PARTS, parameters(subject))
    ]
    return summing.of_parts(
        subject.window, camera=camera, time_zone=time_zone, zone=zone_of(time_zone), parts=parts
    )


def _hour(tx: Transaction, subject: Subject, camera: str | None, time_zone: str) -> SummaryFacts:
    if camera is None:
        raise NothingToSummarizeError("an hour is summed up for one camera, and none was named")
    zone = zone_of(time_zone)
    rows = tx.rows(_PICTURES, parameters(subject))
    pictures = [
        summing.Picture(at.astimezone(zone), Severity(severity), tuple(flags))
        for at, _, severity, flags, _ in rows
        if severity is not None
    ]
    unchanged = sum(skipped for _, _, severity, _, skipped in rows if severity is None)
    without = [state for _, state, severity, _, skipped in rows if not (severity or skipped)]
    unreadable = sum(state in _NEVER for state in without)
    limit = {"limit": MOMENTS_LIMIT + KINDS_LIMIT}
    observed = tx.rows(_OBSERVATIONS, parameters(subject) | limit)
    return summing.hour(
        subject.window,
        camera=camera,
        time_zone=time_zone,
        zone=zone,
        pictures=pictures,
        unchanged=unchanged,
        unreadable=unreadable,
        unseen=len(without) - unreadable,
        kinds={row[1]: row[7] for row in observed},
        moments=[_moment(row, zone) for row in observed],
        notable=observed[0][8] if observed else 0,
    )


_NEVER = {CaptureState.UNREADABLE, CaptureState.MISSING, CaptureState.EXPIRED}


def _moment(row: Row, zone: tzinfo) -> Moment:
    at, kind, severity, confidence, body, region, flags, *_ = row
    return Moment(
        at=at.astimezone(zone),
        kind=kind,
        severity=Severity(severity),
        confidence=round(confidence, 2),
        text=body if len(body) <= MOMENT_TEXT_LIMIT else f"{body[: MOMENT_TEXT_LIMIT - 1]}…",
        region=None if region is None else Region(*(round(edge, 3) for edge in region)),
        flags=tuple(flags),
    )
