"""The broker as operators handle it, as far as it is ours to be handled."""

from __future__ import annotations

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

if TYPE_CHECKING:
    from scout_workers.app.app import App

__all__ = [
    "Act",
    "DeadGroup",
    "DeadMessage",
    "LeaseRow",
    "PostgresBroker",
    "Which",
    "WorkerRow",
    "handled",
]


def handled(app: App) -> PostgresBroker | None:
    """Return the broker; None: this one keeps its messages elsewhere, and is asked there."""
    return app.broker if isinstance(app.broker, PostgresBroker) else None
