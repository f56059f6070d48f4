from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fix_deliveries import KilledError
from fix_http import answer
from fix_store import straight

from scout_workers import messages
from scout_workers.listeners.protocol import Audience, Target
from scout_workers.listeners.webhook import Webhook
from scout_workers.network.transport import Transport
from scout_workers.resources import provide_audience, resources
from scout_workers.store import deliveries as told
from scout_workers.store import events

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from fix_deliveries import Deliveries
    from fix_http import HTTPServer

STATES = "SELECT target, state, attempts, last_error FROM scout.event_deliveries ORDER BY target"
WAITING = "SELECT id, actor FROM scout_broker.message ORDER BY id"
BEFORE_IT_IS_NOTED = 3


@pytest.fixture(autouse=True)
def _audience(http_server: HTTPServer) -> Iterator[None]:
    http_server.plays(answer())
    transport = Transport()

    def target(path: str, *kinds: str) -> Target:
        url = f"{http_server.url}/{path}"
        listener = Webhook(path, url=url, secret="x", transport=transport, seconds=2)  # noqa: S106 (nobody's secret)
        return Target(listener, kinds=kinds)

    provide_audience(
        Audience({"a": target("a"), "b": target("b"), "other": target("other", "summary.*")})
    )
    yield
    provide_audience(Audience())
    transport.close()


def event(deliveries: Deliveries) -> UUID:
    with resources().store.transaction() as tx:
        return events.record(
            tx,
            deliveries.yard.organization_id,
            "analysis.completed",
            deliveries.yard.camera_id,
            {"headline": "A van"},
        )


def broadcast(deliveries: Deliveries) -> UUID:
    """Have an event told to the log, with a message for each target."""
    event_id = event(deliveries)
    messages.broadcast_event(event_id).send()
    deliver_all(deliveries, "broadcast_event")
    return event_id


def deliver_all(deliveries: Deliveries, actor: str = "deliver_event") -> None:
    """Deliver what waits now, once; what follows from it is left waiting."""
    for row, name in deliveries.database.rows(WAITING):
        if name == actor:
            assert deliveries.deliver(row) is None


@straight
def test_each_target_that_wants_it_is_told_by_a_message_of_its_own(
    deliveries: Deliveries, http_server: HTTPServer
) -> None:
    broadcast(deliveries)
    assert deliveries.waiting() == ["deliver_event", "deliver_event"]
    deliver_all(deliveries)
    assert sorted(request.path for request in http_server.requests) == ["/a", "/b"]
    assert deliveries.database.rows(STATES) == [
        ("a", "delivered", 1, None),
        ("b", "delivered", 1, None),
    ]
    assert deliveries.waiting() == []


@straight
def test_a_target_that_does_not_take_it_is_tried_later_and_the_others_do_not_notice(
    deliveries: Deliveries, http_server: HTTPServer
) -> None:
    http_server.plays(answer(status=500), answer())
    broadcast(deliveries)
    deliver_all(deliveries)
    states = {row[0]: row[1:] for row in deliveries.database.rows(STATES)}
    failing = next(name for name, row in states.items() if row[0] == "pending")
    assert states[failing] == ("pending", 1, "it answered 500")
    assert sorted(row[0] for row in states.values()) == ["delivered", "pending"]
    ((state, wait),) = deliveries.database.rows(
        "SELECT state, available_at - now() FROM scout_broker.message"
    )
    assert state == "scheduled"
    assert timedelta(seconds=3) < wait < timedelta(seconds=6)

    deliveries.database.rows("UPDATE scout.event_targets SET blocked_until = now()")
    deliver_all(deliveries)
    assert (
        deliveries.database.value(
            "SELECT count(*) FROM scout.event_deliveries WHERE state = 'delivered'"
        )
        == 2
    )
    assert deliveries.database.value("SELECT max(failures) FROM scout.event_targets") == 0
    assert deliveries.waiting() == []


@straight
def test_a_target_that_fails_is_left_alone_by_everybody_for_a_while(
    deliveries: Deliveries, http_server: HTTPServer
) -> None:
    broadcast(deliveries)
    deliveries.database.rows(
        "INSERT INTO scout.event_targets (target, failures, blocked_until) "
        "VALUES ('a', 3, now() + interval '1 min')"
    )
    deliver_all(deliveries)
    assert [request.path for request in http_server.requests] == ["/b"]
    assert deliveries.database.rows(STATES)[0] == ("a", "pending", 0, None), "not even tried"
    assert deliveries.waiting() == ["deliver_event"]


@straight
def test_too_old_it_is_given_up_and_an_operator_has_it_tried_again(
    deliveries: Deliveries, http_server: HTTPServer
) -> None:
    event_id = broadcast(deliveries)
    http_server.plays(answer(status=500))
    deliveries.database.rows(
        "UPDATE scout.event_deliveries SET created_at = now() - interval '72 hours'"
    )
    deliver_all(deliveries)
    assert deliveries.database.rows(STATES)[0] == ("a", "dead", 1, "it answered 500")
    assert deliveries.waiting() == []

    http_server.plays(answer())
    deliveries.database.rows("UPDATE scout.event_targets SET blocked_until = NULL")
    with resources().store.transaction() as tx:
        for each, name in told.revive(tx, event_id=event_id, limit=10):
            messages.deliver_event(each, name).send(tx)
    deliver_all(deliveries)
    assert [row[1] for row in deliveries.database.rows(STATES)] == ["delivered", "delivered"]


@straight
def test_a_target_the_settings_no_longer_name_is_given_up_with_that_reason(
    deliveries: Deliveries,
) -> None:
    broadcast(deliveries)
    provide_audience(Audience())
    deliver_all(deliveries)
    assert {row[1] for row in deliveries.database.rows(STATES)} == {"dead"}
    assert "no such target" in deliveries.database.rows(STATES)[0][3]


@straight
def test_killed_before_it_is_noted_a_target_is_told_again_with_the_same_id(
    deliveries: Deliveries, http_server: HTTPServer
) -> None:
    event_id = broadcast(deliveries)
    row = deliveries.database.rows(WAITING)[0][0]
    assert isinstance(deliveries.deliver(row, at=BEFORE_IT_IS_NOTED), KilledError)
    assert deliveries.deliver(row) is None
    ids = [request.headers["scout-event-id"] for request in http_server.requests]
    assert ids == [str(event_id)] * 2


@straight
def test_what_happened_again_is_told_again_and_a_repeated_broadcast_is_not(
    deliveries: Deliveries, http_server: HTTPServer
) -> None:
    event_id = broadcast(deliveries)
    deliver_all(deliveries)
    messages.broadcast_event(event_id).send()
    deliver_all(deliveries, "broadcast_event")
    assert deliveries.waiting() == []

    assert broadcast(deliveries) == event_id
    deliver_all(deliveries)
    assert len(http_server.requests) == 4
