"""The facts of an organization's day: what its summaries say, and what may be cited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.domain.insights import (
    CAMERAS_LIMIT,
    EVIDENCE_LIMIT,
    EVIDENCE_TEXT_LIMIT,
    SUMMARY_LIMIT,
    CameraDay,
    Evidence,
    InsightFacts,
)
from scout_workers.domain.observations import Region, Severity
from scout_workers.domain.summary_data import facts_of
from scout_workers.domain.windows import zone_of
from scout_workers.store.queries import query
from scout_workers.store.summary_due import parameters

if TYPE_CHECKING:
    from datetime import tzinfo

    from scout_workers.domain.windows import Subject
    from scout_workers.store.transaction import Row, Transaction

_SUMMARIES = query("insight_summaries")
_OBSERVATIONS = query("insight_observations")


def gather(tx: Transaction, subject: Subject, time_zone: str) -> InsightFacts:
    """Return the facts of an organization's day as they are now."""
    zone = zone_of(time_zone)
    cameras = tx.rows(_SUMMARIES, parameters(subject) | {"limit": CAMERAS_LIMIT})
    observed = tx.rows(_OBSERVATIONS, parameters(subject) | {"limit": EVIDENCE_LIMIT})
    evidence = sorted((_evidence(row, zone) for row in observed), key=lambda each: each.at)
    told = sum(each.severity is not Severity.INFO for each in evidence)
    return InsightFacts(
        day=subject.window.start.astimezone(zone).date(),
        time_zone=time_zone,
        cameras=tuple(_camera(row) for row in cameras),
        evidence=tuple(evidence),
        omitted=max(0, observed[0][8] - told) if observed else 0,
    )


def _camera(row: Row) -> CameraDay:
    data, severity, headline, body = row
    facts = facts_of(data)
    return CameraDay(
        camera=facts.camera or "",
        pictures=facts.pictures,
        unchanged=facts.unchanged,
        unreadable=facts.unreadable,
        unseen=facts.unseen,
        first=facts.first,
        last=facts.last,
        flags=facts.flags,
        hours=facts.parts,
        severity=Severity(severity),
        headline=headline,
        text=_cut(body, SUMMARY_LIMIT),
    )


def _evidence(row: Row, zone: tzinfo) -> Evidence:
    identity, camera, at, kind, severity, body, region, flags, _ = row
    return Evidence(
        id=identity,
        camera=camera,
        at=at.astimezone(zone),
        kind=kind,
        severity=Severity(severity),
        text=_cut(body, EVIDENCE_TEXT_LIMIT),
        region=None if region is None else Region(*(round(edge, 3) for edge in region)),
        flags=tuple(flags),
    )


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
