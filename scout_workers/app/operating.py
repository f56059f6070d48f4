"""The broker as operators handle it, as far as it is ours to be handled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scout_workers.broker import (
    Act,
    DeadGroup,
    DeadMessage,
    LeaseRow,
    PostgresBroker,
    Which,
    WorkerRow,
)
from scout_workers.store.housekeeping import Due

if TYPE_CHECKING:
    from scout_workers.app.app import App

__all__ = [
    "Act",
    "DeadGroup",
    "DeadMessage",
    "LeaseRow",
    "OldDead",
    "PostgresBroker",
    "Which",
    "WorkerRow",
    "handled",
]


def handled(app: App) -> PostgresBroker | None:
    """Return the broker; None: this one keeps its messages elsewhere, and is asked there."""
    return app.broker if isinstance(app.broker, PostgresBroker) else None


class OldDead:
    """The dead messages that are older than the settings keep; none where they are not ours.

    Args:
        app: The program.
    """

    def __init__(self, app: App) -> None:
        self._broker = handled(app)
        self._kept = timedelta(days=app.settings.broker.keep_dead_days)

    def plan(self) -> list[Due]:
        """Say how many `drop` would take now."""
        if self._broker is None or not self._kept:
            return []
        groups = self._broker.dead.groups(self._which())
        if not groups:
            return []
        count = sum(group.messages for group in groups)
        return [Due("dead_messages", count, min(group.first for group in groups))]

    def drop(self, *, by: str) -> dict[str, int]:
        """Delete them, in batches, as the workers do; return how many, by their kind.

        Raises:
            BrokerUnavailableError: The server could not be reached.
        """
        if self._broker is None or not self.plan():
            return {"dead_messages": 0}
        return {"dead_messages": self._broker.dead.drop(self._which(), by=by)}

    def _which(self) -> Which:
        return Which(until=datetime.now(UTC) - self._kept)
