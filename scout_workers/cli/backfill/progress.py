"""Watching a backfill: a bar on a terminal, a line now and then elsewhere; nobody need watch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click
from rich.progress import TextColumn

from scout_workers.backfilling import revive
from scout_workers.cli.backfill.report import cost, left, said
from scout_workers.cli.bar import Bar
from scout_workers.cli.tables import short
from scout_workers.domain.backfills import BackfillState
from scout_workers.store import backfill_reports

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.app import App
    from scout_workers.store.backfill_reports import BackfillLine

LOOK_SECONDS = 0.5
LINE_SECONDS = 30.0


class BackfillProgress(Bar):
    """Shows a backfill as it is each time it is looked at."""

    def __init__(self) -> None:
        super().__init__("backfill", TextColumn("{task.fields[told]}"))
        self._line = self._bar.add_task("backfill", total=None, told="")
        self._next_line = time.monotonic() + LINE_SECONDS

    def show(self, line: BackfillLine) -> None:
        """Show how far it is."""
        told = _told(line)
        self._bar.update(self._line, completed=line.settled, total=line.total, told=told)
        if not self._is_seen and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + LINE_SECONDS
            click.echo(f"{short(line.id)} {line.settled:,} of {line.total:,}, {told}", err=True)


def watch(app: App, backfill_id: UUID) -> BackfillLine:
    """Watch a backfill until it is over, or paused and nothing of it in flight; return it then.

    A step that is long overdue is sent for once more.
    """
    with BackfillProgress() as progress:
        while True:
            line = look(app, backfill_id)
            progress.show(line)
            flying = sum(line.in_flight.values())
            if line.state != BackfillState.RUNNING and not (
                flying and line.state in {BackfillState.PAUSED, BackfillState.CANCELLED}
            ):
                return line
            revive(app, backfill_id)
            time.sleep(LOOK_SECONDS)


def look(app: App, backfill_id: UUID) -> BackfillLine:
    """Return a backfill as it is now."""
    with app.store.transaction() as tx:
        (line,) = backfill_reports.lines(tx, backfill_id=backfill_id)
    return line


def _told(line: BackfillLine) -> str:
    if line.state != BackfillState.RUNNING:
        return said(line)
    rate = "" if line.per_minute is None else f"{line.per_minute:,.0f}/min"
    failed = f"{line.failed:,} failed" if line.failed else ""
    remaining = left(line)
    eta = "" if remaining == "-" else f"{remaining} left"
    return ", ".join(part for part in (rate, cost(line), failed, eta) if part)
