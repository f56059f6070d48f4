"""Composes the program. The only floor that knows the concrete parts."""

from scout_workers.app.app import APPLICATION_CONNECTIONS, App, open_app
from scout_workers.app.brokers import BROKER_CONNECTIONS
from scout_workers.app.errors import (
    AppError,
    BrokerAwayError,
    BrokerClientError,
    NoAdoptionError,
    UnknownBrokerError,
    UnsupportedServerError,
    VectorMissingError,
)

__all__ = [
    "APPLICATION_CONNECTIONS",
    "BROKER_CONNECTIONS",
    "App",
    "AppError",
    "BrokerAwayError",
    "BrokerClientError",
    "NoAdoptionError",
    "UnknownBrokerError",
    "UnsupportedServerError",
    "VectorMissingError",
    "open_app",
]
