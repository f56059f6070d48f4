"""An hour's or a day's summary, as any provider would give it: JSON text after our schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scout_workers.domain.observations import Severity
from scout_workers.domain.windows import WindowKind
from scout_workers.llm.local.writer import flags, phrases
from scout_workers.llm.local.writer.happenings import happenings

if TYPE_CHECKING:
    from scout_workers.domain.summaries import SummaryFacts
    from scout_workers.llm.local.writer.happenings import Happening

_TOLD = 8
_PARTS_TOLD = 12


def summary_text(facts: SummaryFacts) -> str:
    """Return the raw answer."""
    severity = facts.severities[0][0] if facts.severities else Severity.INFO
    happened = happenings(facts.moments)
    return json.dumps(
        {
            "headline": _headline(facts, severity, happened),
            "text": " ".join(_sentences(facts, happened)),
            "severity": severity,
        },
        ensure_ascii=False,
    )


def _headline(facts: SummaryFacts, severity: Severity, happened: list[Happening]) -> str:
    pictures = phrases.count(facts.pictures, "picture")
    if severity is Severity.INFO:
        return f"{pictures}, nothing out of the ordinary"
    grave = [each for each in happened if each.severity is severity]
    if severity is Severity.NOTICE and grave:
        first = grave[0]
        more = len(grave) - 1
        others = f", and {phrases.count(more, 'other change')}" if more else ""
        told = first.clause if first.ours else f"“{first.clause}”"
        return f"{pictures}: {told} {phrases.times(first.at)}{others}"
    known = {each.flag: each for each in facts.flags}
    complaints = [
        flags.clause(known[flag], facts)
        for flag in flags.MEANINGS
        if flag in known and flag not in _HARMLESS
    ]
    if complaints:
        return f"{pictures}: {complaints[0]}"
    if grave:
        return f"{pictures}: {grave[0].clause} {phrases.times(grave[0].at)}"
    return f"{pictures}, {phrases.share(facts.notable, facts.pictures)} worth a look"


_HARMLESS = {"dark", "monochrome"}  # night comes every day; it is told, and not at the head


def _sentences(facts: SummaryFacts, happened: list[Happening]) -> list[str]:
    told = [_extent(facts), *_gaps(facts)]
    if facts.notable:
        told.append(_gravity(facts))
    elif facts.pictures > 1:
        told.append("None of them showed anything out of the ordinary.")
    else:
        told.append("It showed nothing out of the ordinary.")
    told += flags.sentences(facts)
    told += [phrases.sentence(each.told()) for each in happened[:_TOLD]]
    left_out = len(happened[_TOLD:]) + facts.omitted
    if left_out:
        more = phrases.counted(left_out, "more observation")
        told.append(f"{more} {phrases.was(left_out)} left out here.")
    told += _busiest(facts)
    told += _cameras(facts)
    return told


def _extent(facts: SummaryFacts) -> str:
    pictures = phrases.count(facts.pictures, "picture")
    seen = f"{phrases.was(facts.pictures)} looked at"
    if facts.kind is WindowKind.HOUR:
        between = f"{phrases.clock(facts.start)} and {phrases.clock(facts.end)}"
        return f"Between {between}, {pictures} {seen}."
    if facts.camera is None:
        cameras = phrases.count(len(facts.parts), "camera")
        return f"On {phrases.day(facts.start)}, {pictures} of {cameras} {seen}."
    hours = f" in {phrases.count(len(facts.parts), 'hour')}" if len(facts.parts) > 1 else ""
    span = ""
    if facts.first and facts.last and facts.first != facts.last:
        span = f", from {phrases.clock(facts.first)} to {phrases.clock(facts.last)}"
    return f"On {phrases.day(facts.start)}, {pictures} {seen}{hours}{span}."


def _gaps(facts: SummaryFacts) -> list[str]:
    """Say what was not described: pictures like an earlier one, unreadable ones, unseen ones."""
    told = []
    if facts.unchanged:
        more = phrases.counted(facts.unchanged, "more", "more")
        told.append(f"{more} showed no news against an earlier picture.")
    if facts.unreadable:
        told.append(f"{phrases.counted(facts.unreadable, 'more', 'more')} could not be read.")
    if facts.unseen:
        verb = "has" if facts.unseen == 1 else "have"
        told.append(f"{phrases.counted(facts.unseen, 'more', 'more')} {verb} not been looked at.")
    return told


def _gravity(facts: SummaryFacts) -> str:
    grave = [
        phrases.count(number, severity.value)
        if severity in {Severity.NOTICE, Severity.WARNING}
        else f"{number:,} critical"
        for severity, number in facts.severities
        if severity is not Severity.INFO
    ]
    if facts.notable == facts.pictures == 1:
        return f"It is worth a look: {phrases.listed(grave)}."
    whole = phrases.share(facts.notable, facts.pictures, starting=True)
    verb = "is" if facts.notable == 1 else "are"
    return f"{whole} {verb} worth a look: {phrases.listed(grave)}."


def _busiest(facts: SummaryFacts) -> list[str]:
    """Name the hour with most to look at, where one stands out."""
    hours = [part for part in facts.parts if part.camera is None]
    if len(hours) < 2:  # noqa: PLR2004 - of one hour nothing can be compared
        return []
    ranked = sorted(hours, key=lambda part: -part.notable)
    first, second = ranked[0], ranked[1]
    if first.notable <= second.notable:
        return []
    between = f"{phrases.clock(first.start)} and {phrases.clock(first.end)}"
    shown = f"{phrases.share(first.notable, first.pictures)} pictures"
    if first.pictures == 1:
        shown = "the only picture"
    was = phrases.was(first.notable)
    return [f"Most happened between {between}, when {shown} {was} worth a look."]


def _cameras(facts: SummaryFacts) -> list[str]:
    return [
        phrases.sentence(f"{part.camera}: {part.headline}")
        for part in facts.parts[:_PARTS_TOLD]
        if part.camera is not None
    ]
