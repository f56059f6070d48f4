from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scout_workers.housekeeping import Sweep
from scout_workers.store import deliveries, events

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from dramatiq.brokers.stub import StubBroker
    from fix_store import Database, Yard

pytestmark = pytest.mark.parametrize("store_route", ["direct"], indirect=True)
NOTHING = {"events": 0, "deliveries": 0, "captures": 0, "analyses": 0}
SENT = "SELECT actor, queue FROM scout_broker.message ORDER BY id"


def event(yard: Yard) -> UUID:
    with yard.store.transaction() as tx:
        return events.record(tx, yard.organization_id, "test", yard.camera_id, {})


def everybody(rows: Collection[int]) -> Collection[int]:
    return rows


def nobody(rows: Collection[int]) -> Collection[int]:
    del rows
    return ()


@pytest.mark.usefixtures("our_broker")
def test_an_event_that_was_never_broadcast_is_sent_for_once_an_hour(
    yard: Yard, database: Database
) -> None:
    event(yard)
    sweep = Sweep(yard.store)
    assert sweep.run() == NOTHING, "its message may be on its way"
    database.rows("UPDATE scout.events SET created_at = now() - interval '11 min'")
    assert sweep.run() == NOTHING | {"events": 1}
    assert sweep.run() == NOTHING
    assert database.rows(SENT) == [("broadcast_event", "default")]


@pytest.mark.usefixtures("our_broker")
def test_a_delivery_nobody_tries_is_sent_for(yard: Yard, database: Database) -> None:
    event_id = event(yard)
    with yard.store.transaction() as tx:
        found = events.get(tx, event_id)
        assert found is not None
        deliveries.fan_out(tx, found, ["crm"])
        events.mark_broadcast(tx, event_id)
    assert Sweep(yard.store).run() == NOTHING
    database.rows("UPDATE scout.event_deliveries SET next_try_at = now() - interval '11 min'")
    assert Sweep(yard.store).run() == NOTHING | {"deliveries": 1}
    assert Sweep(yard.store).run() == NOTHING
    assert database.rows(SENT) == [("deliver_event", "events")]


def stuck(yard: Yard, database: Database, token: str, age: str = "1 hour") -> None:
    database.rows(
        "INSERT INTO scout.analyses (organization_id, capture_id, profile_version_id, state, "
        "lease_token, created_at, started_at) SELECT %s, %s, id, 'running', %s, "
        "now() - %s::interval, now() - %s::interval FROM scout.profile_versions",
        yard.organization_id,
        yard.capture(),
        token,
        age,
        age,
    )


@pytest.mark.usefixtures("our_broker")
def test_an_analysis_whose_message_is_gone_is_sent_for_and_one_whose_message_lives_is_not(
    yard: Yard, database: Database
) -> None:
    stuck(yard, database, "7:1:owner:message")
    assert Sweep(yard.store, everybody).run() == NOTHING
    assert Sweep(yard.store, nobody).run() == NOTHING, "it was looked at a moment ago"
    database.rows("UPDATE scout.analyses SET swept_at = now() - interval '11 min'")
    assert Sweep(yard.store, nobody).run() == NOTHING | {"analyses": 1}
    assert database.rows(SENT) == [("analyze_capture", "backfill")]


@pytest.mark.usefixtures("our_broker")
@pytest.mark.parametrize(("age", "found"), [("1 day", 0), ("3 days", 1)])
def test_where_nobody_can_tell_an_analysis_is_sent_for_only_after_days(
    yard: Yard, database: Database, age: str, found: int
) -> None:
    stuck(yard, database, "a token of another broker's", age)
    assert Sweep(yard.store, nobody).run() == NOTHING | {"analyses": found}


def test_a_capture_without_a_message_is_found_where_the_broker_cannot_join(
    yard: Yard, database: Database, foreign_broker: StubBroker
) -> None:
    yard.capture()
    assert Sweep(yard.store).run() == NOTHING
    database.rows("UPDATE scout.captures SET received_at = now() - interval '11 min'")
    assert Sweep(yard.store).run() == NOTHING | {"captures": 1}
    assert Sweep(yard.store).run() == NOTHING
    assert foreign_broker.queues["backfill"].qsize() == 1


@pytest.mark.usefixtures("our_broker")
def test_where_it_joins_a_capture_that_waits_is_left_to_its_message(
    yard: Yard, database: Database
) -> None:
    yard.capture()
    database.rows("UPDATE scout.captures SET received_at = now() - interval '11 min'")
    assert Sweep(yard.store).run() == NOTHING
