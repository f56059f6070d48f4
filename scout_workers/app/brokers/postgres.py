"""Ours: postgres:// and postgresql://, and what there is where no URL is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers import __version__
from scout_workers.app.brokers.kind import Kind
from scout_workers.app.urls import same_database
from scout_workers.broker import EngineOptions, Polling, PostgresBroker, Pulse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dramatiq import Broker, Middleware

    from scout_workers.settings import Settings

BROKER_CONNECTIONS = "scout_broker"


def _make(
    settings: Settings, url: str, database_url: str, middleware: Sequence[Middleware]
) -> Broker:
    return PostgresBroker(
        url,
        schema=settings.broker.schema_name,
        options=engine_options(settings),
        pool_size=settings.pools.broker_size,
        application_name=BROKER_CONNECTIONS,
        signal=settings.broker.signal,
        joins=same_database(url, database_url),
        middleware=list(middleware),
    )


def engine_options(settings: Settings) -> EngineOptions:
    """Translate the settings into what a worker process needs to know."""
    own = settings.broker
    return EngineOptions(
        concurrency=settings.queues,
        polling=Polling(
            interval=own.poll_interval_ms / 1000, longest=own.max_poll_interval_ms / 1000
        ),
        pulse=Pulse(
            interval=own.heartbeat_seconds,
            dead_after=own.heartbeat_seconds * own.dead_after_missed,
        ),
        max_deliveries=own.max_deliveries,
        keep_dead=own.keep_dead_days * 86400 or None,
        version=__version__,
    )


# Its database is checked by whoever migrates it.
KIND = Kind(make=_make)
