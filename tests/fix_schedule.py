"""Schedulers on a real store, with messages that go where a test wants them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker
from fix_broker import usual_middleware

from scout_workers.broker import PostgresBroker
from scout_workers.domain.schedules import Entry, Misfire

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
RUNS = "SELECT schedule, scheduled_for FROM scout.schedule_runs ORDER BY 1, 2"
SENT = "SELECT actor FROM scout_broker.message ORDER BY id"


def entry(name: str = "hourly", cron: str = "0 * * * *", **changed: object) -> Entry:
    """An entry of a schedule, by default one that runs at each full hour."""
    values = {
        "time_zone": "UTC",
        "actor": f"do_{name}",
        "arguments": (),
        "misfire": Misfire.ONCE,
        "enabled": True,
    }
    return Entry(name=name, cron=cron, **(values | changed))  # type: ignore[arg-type] # a test's


@pytest.fixture
def our_broker(store_url: str) -> Iterator[PostgresBroker]:
    """Our broker, in the store's own database: it joins transactions."""
    broker = PostgresBroker(store_url, middleware=usual_middleware())
    dramatiq.set_broker(broker)
    yield broker
    broker.close()


@pytest.fixture
def foreign_broker() -> StubBroker:
    """A broker that cannot join a transaction."""
    broker = StubBroker()
    dramatiq.set_broker(broker)
    return broker
