"""Asking `why` of a real database, and what a test stages there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dramatiq
import pytest

from scout_workers import settings
from scout_workers.app import open_app
from scout_workers.broker import PostgresBroker
from scout_workers.oncall import why

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fix_store import Database

    from scout_workers.app import App

QUEUE = "processing"
LONG = 100_000  # nobody is declared dead while this is going on

# A worker: its id, the queues it serves, seconds until its heartbeat was.
WORKING = """
    INSERT INTO scout_broker.worker (id, host, boot_id, pid_space, pid, pid_start, version, queues,
        threads, heartbeat_at)
    VALUES (%s, 'yard-1', '', '', 4711, 0, '1', %s, 12, now() + make_interval(secs => %s))
"""
# A claim: by whom, how long ago, of which row.
LEASE = """
    UPDATE scout_broker.message
    SET state = 'leased', attempt = attempt + 1, lease_owner = %s, leased_at = now() - %s::interval
    WHERE id = %s
"""
DYING = """
    INSERT INTO scout_broker.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, reason, error, payload)
    VALUES (%s, %s, 'processing', 'analyze_capture', 0, 5, now(), %s, %s, '')
"""


@pytest.fixture
def wondering(store_url: str, tmp_path: Path) -> Iterator[App]:
    """The program of somebody who wonders."""
    values = settings.load(database_url=store_url, data_dir=tmp_path, vector_search=False)
    with open_app(values, migrate=False) as made:
        yield made


def broker_of(app: App) -> PostgresBroker:
    assert isinstance(app.broker, PostgresBroker)
    return app.broker


def said(app: App, name: object, state: why.State, *words: str) -> None:
    """Ask, and have the answer be of that state, with these words in it."""
    found = why.answer(why.gather(app, str(name)))
    told = f"{found.sentence} -> {found.remedy}"
    assert found.state is state, told
    for each in words:
        assert each in told


def send(app: App, *, delay: int | None = None, queue: str = QUEUE, **options: Any) -> str:
    """Send a message with such options, and return its id."""
    broker = broker_of(app)
    broker.declare_queue(queue)
    message: dramatiq.Message[Any] = dramatiq.Message(queue, "analyze_capture", (), {}, options)
    return broker.enqueue(message, delay=delay).message_id


def row_of(database: Database, message_id: str) -> int:
    """Return the number of a message's row."""
    return int(
        database.value("SELECT id FROM scout_broker.message WHERE message_id = %s", message_id)
    )
