"""Which broker: chosen by the scheme of its URL, one file a broker.

The same actors run on each. What a broker cannot do is in docs/broker.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scout_workers.app.brokers import amqp, dramatiq_pg, postgres, redis, stub
from scout_workers.app.urls import broker_url, scheme_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dramatiq import Broker, Middleware

    from scout_workers.app.brokers.kind import Kind
    from scout_workers.settings import Settings

BROKER_CONNECTIONS = postgres.BROKER_CONNECTIONS

KINDS: Mapping[str, Kind] = {
    "postgresql": postgres.KIND,
    "postgres": postgres.KIND,
    "dramatiq-pg": dramatiq_pg.KIND,
    "redis": redis.KIND,
    "rediss": redis.KIND,
    "amqp": amqp.KIND,
    "amqps": amqp.KIND,
    "stub": stub.KIND,
}
"""By scheme; the aliases after the name that is shown."""


class Chosen(NamedTuple):
    """The broker that the settings name: how it is made, and where it is."""

    kind: Kind
    url: str


def chosen(settings: Settings, database_url: str) -> Chosen:
    """Return the broker that the settings name.

    Raises:
        UnknownBrokerError: Nobody here speaks the URL's scheme, or it cannot be read.
    """
    url = broker_url(settings, database_url, KINDS)
    return Chosen(KINDS[scheme_of(url)], url)


def open_broker(settings: Settings, database_url: str, middleware: Sequence[Middleware]) -> Broker:
    """Make the broker the settings name, with every queue of theirs declared.

    Raises:
        UnknownBrokerError: Nobody here speaks the URL's scheme, or it cannot be read.
        BrokerClientError: The library that speaks it is not installed.
    """
    kind, url = chosen(settings, database_url)
    broker = kind.make(settings, url, database_url, middleware)
    for queue in settings.queues:
        broker.declare_queue(queue)
    return broker
