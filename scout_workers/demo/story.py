"""What was written about the days of the pictures, read back for the terminal and the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.demo.sheet import Day, Finding, Hour
from scout_workers.domain.observations import Severity
from scout_workers.store import report_insights, report_summaries

if TYPE_CHECKING:
    from scout_workers.demo.writing import Desk
    from scout_workers.store import Transaction
    from scout_workers.store.report_insights import InsightLine
    from scout_workers.store.report_summaries import SummaryLine

_MOST_HOURS = 24 * 4


def read(tx: Transaction, desk: Desk) -> list[Day]:
    """Return the days of the desk that have a summary, the newest last."""
    found = []
    for subject in desk.days:
        lines = report_summaries.summaries(
            tx,
            organization=desk.organization,
            camera=desk.camera,
            state="completed",
            since=subject.window.start,
            limit=_MOST_HOURS,
        )
        own = [each for each in lines if each.window_start < subject.window.end]
        day = next((each for each in own if each.kind == "day"), None)
        whole = None if day is None else report_summaries.summary(tx, day.id)
        if whole is None:
            continue
        runs = report_insights.days(tx, organization=desk.organization, day=desk.local(subject))
        found.append(
            Day(
                start=subject.window.start.astimezone(desk.zone),
                headline=whole.headline or "",
                text=whole.text or "",
                severity=Severity(whole.severity or Severity.INFO),
                hours=[_hour(each, desk) for each in reversed(own) if each.kind == "hour"],
                findings=[
                    _finding(each, desk) for run in runs if run.current for each in run.insights
                ],
            )
        )
    return found


def _finding(line: InsightLine, desk: Desk) -> Finding:
    """One insight, with the pictures of what it cites, each once."""
    pictures = {seen.capture_id: seen.captured_at.astimezone(desk.zone) for seen in line.evidence}
    return Finding(
        line.title,
        line.text,
        Severity(line.severity),
        [(at, capture) for capture, at in sorted(pictures.items(), key=lambda item: item[1])],
    )


def _hour(line: SummaryLine, desk: Desk) -> Hour:
    return Hour(
        start=line.window_start.astimezone(desk.zone),
        end=line.window_end.astimezone(desk.zone),
        pictures=line.pictures,
        headline=line.headline or "",
        severity=Severity(line.severity or Severity.INFO),
    )
