"""How the broker is, as far as it is ours to look into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.app.brokers.postgres import engine_options
from scout_workers.broker import Finding, Health, HealthReport, PostgresBroker, findings

if TYPE_CHECKING:
    from scout_workers.app.app import App

__all__ = ["Finding", "HealthReport", "findings", "look"]


def look(app: App) -> HealthReport | None:
    """Look into the broker's tables; None: this broker keeps its messages elsewhere.

    Raises:
        BrokerError: The tables are not there, or the server could not be reached.
    """
    broker = app.broker
    if not isinstance(broker, PostgresBroker):
        return None
    options = engine_options(app.settings)
    health = Health(
        broker.outbox.database, dead_after=options.pulse.dead_after, keep_dead=options.keep_dead
    )
    return health.look()
