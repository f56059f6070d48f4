"""Dramatiq's StubBroker: messages in the memory of one process, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dramatiq.brokers.stub import StubBroker

from scout_workers.app.brokers.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dramatiq import Broker, Middleware

    from scout_workers.settings import Settings


def _make(
    settings: Settings, url: str, database_url: str, middleware: Sequence[Middleware]
) -> Broker:
    del settings, url, database_url
    return StubBroker(middleware=list(middleware))


KIND = Kind(make=_make, memory_only=True)
