"""What was written about a day: its summary, what is worth knowing of it, and its hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from scout_workers.domain.observations import Severity


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a day; local times."""

    start: datetime
    end: datetime
    pictures: int
    headline: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth knowing.

    Attributes:
        shown_by: When each picture that shows it was taken, and which it is.
    """

    title: str
    text: str
    severity: Severity
    shown_by: Sequence[tuple[datetime, UUID]] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A day in words."""

    start: datetime
    headline: str
    text: str
    severity: Severity
    hours: Sequence[Hour] = field(default=())
    findings: Sequence[Finding] = field(default=())


def sections(days: Sequence[Day], numbers: Mapping[UUID, int]) -> str:
    """Write a section for each day, the newest first. Every word of a model is escaped.

    Args:
        days: The newest last.
        numbers: Of the pictures that are on the sheet.
    """
    return "".join(_section(day, numbers) for day in reversed(days))


def _section(day: Day, numbers: Mapping[UUID, int]) -> str:
    date = f"{day.start:%A}, {day.start.day} {day.start:%B %Y}"
    return (
        f'<section class="day {day.severity}"><div class=told>'
        f"<p class=eyebrow>The day in words</p>\n<h2>{escape(day.headline)}</h2>\n"
        f'<p class=date><time datetime="{day.start:%Y-%m-%d}">{escape(date)}</time></p>'
        f"<p>{escape(day.text)}</p></div>\n"
        f"{_findings(day.findings, numbers)}{_hours(day.hours)}</section>\n"
    )


def _findings(findings: Sequence[Finding], numbers: Mapping[UUID, int]) -> str:
    if not findings:
        return ""
    items = "".join(
        f'<li class="{each.severity}"><h3>{escape(each.title)}</h3><p>{escape(each.text)}</p>'
        f"{_evidence(each, numbers)}</li>"
        for each in findings
    )
    return f"<div class=findings><h3 class=eyebrow>Worth knowing</h3><ul>{items}</ul></div>\n"


def _evidence(finding: Finding, numbers: Mapping[UUID, int]) -> str:
    marks = "".join(
        f'<a href="#p{numbers[picture]}">{taken:%H:%M}</a>'
        if picture in numbers
        else f"<span>{taken:%H:%M}</span>"
        for taken, picture in finding.shown_by
    )
    return f"<p class=shown>shown by {marks}</p>" if marks else ""


def _hours(hours: Sequence[Hour]) -> str:
    if not hours:
        return ""
    rows = "".join(
        f'<tr class="{each.severity}"><th scope=row>{each.start:%H:%M}'
        f"<small>-{each.end:%H:%M}</small></th><td>{each.pictures}</td>"
        f"<td>{escape(each.headline)}</td></tr>"
        for each in hours
    )
    return (
        f"<details class=hours><summary>Hour by hour <small>{len(hours)}</small></summary>"
        "<table><thead><tr><th scope=col>Hour</th><th scope=col>Pictures</th>"
        f"<th scope=col>In a line</th></tr></thead><tbody>{rows}</tbody></table></details>\n"
    )
