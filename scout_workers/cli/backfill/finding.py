"""The backfill an id means, and who works on backfills."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers import messages
from scout_workers.backfilling import Slots
from scout_workers.cli import pausing
from scout_workers.cli.broker_view import worker_lines
from scout_workers.cli.errors import UsageMistakeError
from scout_workers.domain.backfills import BackfillState
from scout_workers.store import backfill_reports, switches

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from scout_workers.app import App
    from scout_workers.store import Transaction
    from scout_workers.store.backfill_reports import BackfillLine
    from scout_workers.store.switches import Pause


def backfill_of(app: App, prefix: str) -> UUID:
    """Return the only backfill whose id begins so.

    Raises:
        UsageMistakeError: None does, or several do, or it is no id.
    """
    listing = "see `scout-workers backfill list`"
    with app.store.transaction() as tx:
        try:
            found = backfill_reports.like(tx, prefix)
        except ValueError as error:
            raise UsageMistakeError(f"{error}: {listing}.") from error
    if not found:
        raise UsageMistakeError(f"There is no backfill {prefix!r}: {listing}.")
    if len(found) > 1:
        some = ", ".join(map(str, found))
        raise UsageMistakeError(f"{prefix!r} begins several ids, type more of it: {some}")
    return found[0]


def one_or_all(prefix: str | None, *, everything: bool) -> str | None:
    """Return which backfill is meant; None: all of them.

    Raises:
        UsageMistakeError: Neither or both were said.
    """
    if everything and prefix is not None:
        raise UsageMistakeError("Say either an ID or --all, not both.")
    if not everything and prefix is None:
        raise UsageMistakeError(
            "Say which: the first digits of an ID of `scout-workers backfill list`, or --all for "
            "all work on history."
        )
    return prefix


def all_paused(tx: Transaction) -> Pause | None:
    """Return the pause of all work on history, if there is one."""
    return next((each for each in switches.paused(tx) if each.kind == "backfill"), None)


def say_all_paused(pause: Pause | None) -> None:
    """Tell a person, above whatever is shown, that nothing moves."""
    if pause is not None:
        said = pausing.said(pause.paused_by, pause.reason)
        click.echo(
            f"All work on history is paused {said}. Go on: scout-workers backfill resume --all",
            err=True,
        )


def say_giving_way(line: BackfillLine, waiting: Mapping[str, int]) -> None:
    """Tell a person that a backfill feeds little or nothing for now, and why."""
    count = sum(waiting.values())
    if line.state != BackfillState.RUNNING or not count:
        return
    where = ", ".join(f"{name} {number:,}" for name, number in waiting.items())
    feeds = "less" if count < line.yield_at else "nothing"
    click.echo(
        f"It gives way to live work and feeds {feeds} for now: messages that wait before its own "
        f"are {where} (nothing is fed from {line.yield_at:,} on).",
        err=True,
    )


def slots(app: App) -> Slots:
    """Return who works on backfills: the workers that are alive, else those of the settings."""
    settings = app.settings
    dead_after = settings.broker.heartbeat_seconds * settings.broker.dead_after_missed
    serving = [
        each
        for each in worker_lines(app.broker)
        if messages.BACKFILL in each.queues and each.state(dead_after) == "alive"
    ]
    return Slots(
        each=settings.queues.get(messages.BACKFILL, 1),
        processes=len(serving) or settings.worker.processes,
        running=bool(serving),
    )
