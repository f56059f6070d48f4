"""A day's insights, as any provider would give them: JSON text after our schema.

What lasted (a covered lens, fog), what came back to the same place, and the hour in which most
happened; each with the observations that show it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.observations import Severity
from scout_workers.domain.summaries import GRAVEST_FIRST
from scout_workers.llm.local import words
from scout_workers.llm.local.writer import flags, phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scout_workers.domain.insights import CameraDay, Evidence, InsightFacts

_LASTING = ("covered", "glitch", "moved", "fogged", "blurred", "bright")
_CITED = 12
_OFTEN, _LISTED = 3, 5
_MOST = 10


@dataclass(frozen=True, slots=True)
class _Found:
    title: str
    text: str
    severity: Severity
    shown_by: Sequence[Evidence]


def insights_text(facts: InsightFacts) -> str:
    """Return the raw answer."""
    found: list[_Found] = []
    for camera in facts.cameras:
        own = [each for each in facts.evidence if each.camera == camera.camera]
        found += _lasting(camera, own)
        found += _recurring(camera, own)
        found += _busiest(camera, own)
    ranked = sorted(found, key=lambda each: GRAVEST_FIRST.index(each.severity))[:_MOST]
    return json.dumps(
        {
            "insights": [
                {
                    "title": each.title,
                    "text": each.text,
                    "severity": each.severity,
                    "evidence": [str(shown.id) for shown in each.shown_by[:_CITED]],
                }
                for each in ranked
            ]
        },
        ensure_ascii=False,
    )


def _lasting(camera: CameraDay, evidence: Sequence[Evidence]) -> Iterator[_Found]:
    """What was the matter with the pictures themselves, and how long."""
    known = {each.flag: each for each in camera.flags}
    for flag in _LASTING:
        shown = [each for each in evidence if flag in each.flags]
        if flag not in known or not shown:
            continue
        number = phrases.share(known[flag].pictures, camera.pictures, starting=True)
        verb = "shows" if known[flag].pictures == 1 else "show"
        yield _Found(
            f"{camera.camera}: {flags.clause(known[flag], camera)}",
            f"{number} pictures of the day {verb} it. {phrases.sentence(shown[0].text)}",
            _gravest(shown),
            shown,
        )


def _recurring(camera: CameraDay, evidence: Sequence[Evidence]) -> Iterator[_Found]:
    """Where something changed again and again."""
    places: dict[str, list[Evidence]] = defaultdict(list)
    for each in evidence:
        if "changed" in each.flags and each.region is not None:
            region = each.region
            places[words.place(region.x, region.y, region.width, region.height)].append(each)
    for place, shown in places.items():
        moments = sorted({each.at for each in shown})
        if len(moments) < _OFTEN:
            continue
        between = f"between {phrases.clock(moments[0])} and {phrases.clock(moments[-1])}"
        text = f"Something changed {place} in {len(moments)} pictures {between}."
        if len(moments) <= _LISTED:
            text = f"Something changed {place} {phrases.times(moments)}."
        yield _Found(
            f"{camera.camera}: changes {place} in {len(moments)} pictures",
            text,
            _gravest(shown),
            shown,
        )


def _busiest(camera: CameraDay, evidence: Sequence[Evidence]) -> Iterator[_Found]:
    """The hour in which most pictures were worth a look, where one stands out."""
    ranked = sorted(camera.hours, key=lambda hour: -hour.notable)
    if len(ranked) < 2 or ranked[0].notable <= max(1, ranked[1].notable):  # noqa: PLR2004 - of one hour nothing can be compared
        return
    first = ranked[0]
    shown = [
        each
        for each in evidence
        if first.start <= each.at < first.end and each.severity is not Severity.INFO
    ]
    if not shown:
        return
    between = f"between {phrases.clock(first.start)} and {phrases.clock(first.end)}"
    worth = phrases.share(first.notable, first.pictures, starting=True)
    yield _Found(
        f"{camera.camera}: most happened {between}",
        f"{worth} pictures of that hour were worth a look. {phrases.sentence(first.headline)}",
        _gravest(shown),
        shown,
    )


def _gravest(shown: Sequence[Evidence]) -> Severity:
    return min((each.severity for each in shown), key=GRAVEST_FIRST.index)
