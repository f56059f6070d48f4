"""Opens what looks after what was left behind and what grew old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.broker import PostgresBroker
from scout_workers.housekeeping import Purge, Retention, Sweep

if TYPE_CHECKING:
    from collections.abc import Collection

    from scout_workers.app.app import App

__all__ = ["Purge", "Sweep", "open_purge", "open_sweep"]

_DAY = 86400.0


def open_purge(app: App) -> Purge:
    """Make the purge that the settings ask for."""
    own = app.settings.retention
    retention = Retention(
        raw_answers=own.raw_answer_days * _DAY,
        events=own.event_days * _DAY,
        captures=own.capture_days * _DAY,
        schedule_runs=own.schedule_run_days * _DAY,
        batch=own.batch_rows,
    )
    return Purge(app.store, app.blobs, retention)


def open_sweep(app: App) -> Sweep:
    """Make a sweep that asks our broker which messages live, where it is ours."""
    broker = app.broker
    if not isinstance(broker, PostgresBroker):
        return Sweep(app.store)
    database = broker.outbox.database

    def alive(rows: Collection[int]) -> set[int]:
        return {row for (row,) in database.run("existing", {"ids": list(rows)})}

    return Sweep(app.store, alive)
