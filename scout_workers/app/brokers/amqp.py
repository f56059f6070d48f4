"""Dramatiq's own broker on RabbitMQ: amqp:// and, with TLS, amqps://."""

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
    del settings, database_url
    library = client("amqp", "dramatiq.brokers.rabbitmq", "amqp")
    # Without confirmation a message is on its way, not there, when `enqueue` returns.
    broker: Broker = library.RabbitmqBroker(
        url=url, confirm_delivery=True, middleware=list(middleware)
    )
    return broker


def _check(url: str, broker: Any) -> None:  # noqa: ANN401 (its library may not be installed)
    errors = client("amqp", "pika.exceptions", "amqp")
    try:
        broker.connection  # noqa: B018 (made at the first look)
    except (errors.AMQPError, OSError) as error:
        said = str(error) or type(error).__name__
        raise BrokerAwayError(f"RabbitMQ at {shown(url)} does not answer: {said}") from error


KIND = Kind(make=_make, check=_check)
