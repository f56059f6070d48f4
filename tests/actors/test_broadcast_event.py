from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from fix_deliveries import KilledError

from scout_workers import messages
from scout_workers.resources import resources
from scout_workers.store import events

if TYPE_CHECKING:
    from uuid import UUID

    from fix_deliveries import Deliveries

LOGGER = "scout_workers.actors.broadcast_event"
AFTER_IT_WAS_TOLD = 3


@pytest.fixture
def event_id(deliveries: Deliveries) -> UUID:
    with resources().store.transaction() as tx:
        return events.record(
            tx,
            deliveries.yard.organization_id,
            "analysis.completed",
            deliveries.yard.camera_id,
            {"headline": "Ein Lkw: „groß“", "flags": ["vehicle"]},
        )


def _send(deliveries: Deliveries, event_id: UUID) -> int:
    messages.broadcast_event(event_id).send()
    return int(deliveries.database.value("SELECT max(id) FROM scout_broker.message"))


def _told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(r.getMessage()) for r in caplog.records if r.name == LOGGER]


def test_an_event_is_told_in_one_line_of_json_and_marked(
    deliveries: Deliveries, event_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, LOGGER)
    assert deliveries.deliver(_send(deliveries, event_id)) is None

    (told,) = _told(caplog)
    assert told["event"] == "analysis.completed"
    assert told["id"] == str(event_id)
    assert told["subject_id"] == str(deliveries.yard.camera_id)
    assert told["headline"] == "Ein Lkw: „groß“"
    assert "\n" not in caplog.messages[-1]
    assert deliveries.database.value("SELECT broadcast_at IS NOT NULL FROM scout.events")
    assert deliveries.waiting() == []


def test_an_event_that_was_told_is_not_told_again(
    deliveries: Deliveries, event_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, LOGGER)
    for _ in range(3):
        assert deliveries.deliver(_send(deliveries, event_id)) is None
    assert len(_told(caplog)) == 1


def test_killed_before_it_is_marked_an_event_is_told_again_and_never_lost(
    deliveries: Deliveries, event_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, LOGGER)
    row = _send(deliveries, event_id)
    assert isinstance(deliveries.deliver(row, at=AFTER_IT_WAS_TOLD), KilledError)
    assert deliveries.deliver(row) is None
    assert [told["id"] for told in _told(caplog)] == [str(event_id)] * 2
    assert deliveries.waiting() == []


def test_a_message_for_no_event_ends_quietly(deliveries: Deliveries) -> None:
    assert deliveries.deliver(_send(deliveries, deliveries.yard.camera_id)) is None
    assert deliveries.waiting() == []
