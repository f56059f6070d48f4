"""What the broker's queues hold, as far as it is ours to look into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.broker import (
    COUNTED_TO,
    Flow,
    PostgresBroker,
    QueueGlance,
    WorkerRow,
    glance,
)
from scout_workers.broker import flow as flow_of

if TYPE_CHECKING:
    from scout_workers.app.app import App

__all__ = ["COUNTED_TO", "Flow", "QueueGlance", "WorkerRow", "flow", "queues", "workers"]


def queues(app: App) -> list[QueueGlance] | None:
    """Tell cheaply what every queue holds; None: this broker keeps its messages elsewhere.

    Raises:
        BrokerError: The tables are not there, or the server could not be reached.
    """
    broker = app.broker
    return glance(broker.outbox.database) if isinstance(broker, PostgresBroker) else None


def workers(app: App) -> list[WorkerRow]:
    """List the worker processes that have registered; none where the broker does not tell.

    Raises:
        BrokerError: The tables are not there, or the server could not be reached.
    """
    broker = app.broker
    return broker.workers() if isinstance(broker, PostgresBroker) else []


def flow(app: App) -> Flow:
    """Tell how many messages were ever put in, are gone again and died; zeros: nobody can tell.

    Raises:
        BrokerError: The server could not be reached.
    """
    broker = app.broker
    if not isinstance(broker, PostgresBroker):
        return Flow(0, 0, 0, 0)
    return flow_of(broker.outbox.database)
