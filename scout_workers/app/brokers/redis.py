"""Dramatiq's own broker on Redis: redis:// and, with TLS, rediss://."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scout_workers.app.brokers.kind import Kind, client
from scout_workers.app.errors import BrokerAwayError
from scout_workers.app.urls import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dramatiq import Broker, Middleware

    from scout_workers.settings import Settings


def _make(
    settings: Settings, url: str, database_url: str, middleware: Sequence[Middleware]
) -> Broker:
    del database_url
    library = client("redis", "dramatiq.brokers.redis", "redis")
    # Its keys are told apart by the name that elsewhere is the schema's.
    broker: Broker = library.RedisBroker(
        url=url, namespace=settings.broker.schema_name, middleware=list(middleware)
    )
    return broker


def _check(url: str, broker: Any) -> None:  # noqa: ANN401 (its library may not be installed)
    library = client("redis", "redis", "redis")
    try:
        broker.client.ping()
    except library.RedisError as error:
        raise BrokerAwayError(f"Redis at {shown(url)} does not answer: {error}") from error


KIND = Kind(make=_make, check=_check)
