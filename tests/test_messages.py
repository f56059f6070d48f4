from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import CurrentMessage
from fix_broker import usual_middleware

from scout_workers import messages, phases
from scout_workers.broker import ClaimedMessage, Lease, PostgresBroker
from scout_workers.domain.leases import LeaseLostError, supersedes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_store import Database

    from scout_workers.store import Store

CAPTURE = UUID("5e0cf1f4-35f9-4c1f-9ad0-8c9b1f0e1b11")
WAITING = "SELECT queue, actor, state FROM scout_broker.message ORDER BY id"


@pytest.fixture
def ours(store_route: str) -> Iterator[PostgresBroker]:
    """Our broker, in the store's own database."""
    broker = PostgresBroker(store_route, middleware=usual_middleware())
    dramatiq.set_broker(broker)
    yield broker
    broker.close()


@pytest.fixture
def another() -> StubBroker:
    """A broker that cannot join a transaction."""
    broker = StubBroker()
    dramatiq.set_broker(broker)
    return broker


@pytest.mark.usefixtures("ours")
def test_a_message_is_sent_at_once_where_no_transaction_is_given(database: Database) -> None:
    messages.analyze_capture(CAPTURE).send()
    messages.analyze_capture(CAPTURE, historical=True).send()
    messages.broadcast_event(CAPTURE).send(delay=60_000)
    assert database.rows(WAITING) == [
        ("processing", "analyze_capture", "ready"),
        ("backfill", "analyze_capture", "ready"),
        ("default", "broadcast_event", "scheduled"),
    ]


@pytest.mark.usefixtures("ours")
def test_a_message_sent_with_a_transaction_exists_with_its_commit(
    store: Store, database: Database
) -> None:
    with store.transaction() as tx:
        messages.analyze_capture(CAPTURE).send(tx)
        messages.broadcast_event(CAPTURE).send(tx, delay=60_000)
        assert database.rows(WAITING) == []
    assert database.rows(WAITING) == [
        ("processing", "analyze_capture", "ready"),
        ("default", "broadcast_event", "scheduled"),
    ]


@pytest.mark.usefixtures("ours")
def test_a_message_sent_with_a_transaction_is_gone_with_its_rollback(
    store: Store, database: Database
) -> None:
    def fail() -> None:
        with store.transaction() as tx:
            messages.analyze_capture(CAPTURE).send(tx)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert database.rows(WAITING) == []


def test_this_process_looks_for_messages_after_the_commit_and_not_before(
    ours: PostgresBroker, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(ours, "wake", lambda: woken.append("woken"))
    with store.transaction() as tx:
        messages.analyze_capture(CAPTURE).send(tx)
        assert woken == []
    assert woken == ["woken"]


def test_another_broker_gets_its_messages_after_the_commit(
    another: StubBroker, store: Store
) -> None:
    with store.transaction() as tx:
        messages.analyze_capture(CAPTURE, historical=True).send(tx)
        messages.acknowledge(tx)
        assert another.queues["backfill"].qsize() == 0
    assert another.queues["backfill"].qsize() == 1
    message: dramatiq.Message[Any] = dramatiq.Message.decode(another.queues["backfill"].get())
    assert (message.actor_name, message.args) == ("analyze_capture", (str(CAPTURE),))


def test_another_broker_gets_nothing_of_what_was_rolled_back(
    another: StubBroker, store: Store
) -> None:
    def fail() -> None:
        with store.transaction() as tx:
            messages.analyze_capture(CAPTURE).send(tx)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert another.queues["processing"].qsize() == 0


@pytest.mark.usefixtures("ours")
def test_a_message_sent_past_an_open_transaction_is_refused(
    store: Store, database: Database
) -> None:
    def send_past() -> None:
        with store.transaction():
            messages.analyze_capture(CAPTURE).send()

    with pytest.raises(phases.TransactionHeldError, match="past the open transaction"):
        send_past()
    assert database.rows(WAITING) == []


def _claimed(database: Database, broker: PostgresBroker) -> ClaimedMessage:
    messages.analyze_capture(CAPTURE).send()
    ((row, owner, payload),) = database.rows(
        "UPDATE scout_broker.message SET state = 'leased', attempt = 1, lease_owner = %s "
        "RETURNING id, lease_owner, payload",
        uuid4(),
    )
    lease = Lease(row, 1, owner)
    message = ClaimedMessage(lease, "processing", 0, 1, rescues=0, payload=bytes(payload))
    message.open()
    current: Any = CurrentMessage()
    current.before_process_message(broker, message)
    return message


@pytest.fixture
def nothing_current() -> Iterator[None]:
    """Leave no current message behind."""
    yield
    current: Any = CurrentMessage()
    current.after_process_message(None, None)


@pytest.mark.usefixtures("nothing_current")
def test_the_message_being_processed_is_acknowledged_with_the_commit(
    ours: PostgresBroker, store: Store, database: Database
) -> None:
    _claimed(database, ours)
    with store.transaction() as tx:
        messages.acknowledge(tx)
        assert len(database.rows(WAITING)) == 1
    assert database.rows(WAITING) == []


@pytest.mark.usefixtures("nothing_current")
def test_a_message_given_to_somebody_else_cannot_be_acknowledged(
    ours: PostgresBroker, store: Store, database: Database
) -> None:
    _claimed(database, ours)
    database.rows("UPDATE scout_broker.message SET attempt = 2, lease_owner = %s", uuid4())
    with pytest.raises(LeaseLostError), store.transaction() as tx:
        messages.acknowledge(tx)
    assert len(database.rows(WAITING)) == 1


@pytest.mark.usefixtures("nothing_current")
def test_a_broker_that_does_not_share_the_database_is_not_asked_to_acknowledge(
    ours: PostgresBroker, store: Store, database: Database
) -> None:
    ours.joins = False
    _claimed(database, ours)
    with store.transaction() as tx:
        messages.acknowledge(tx)
        messages.broadcast_event(CAPTURE).send(tx)
        assert len(database.rows(WAITING)) == 1
    assert [actor for _, actor, _ in database.rows(WAITING)] == [
        "analyze_capture",
        "broadcast_event",
    ]


@pytest.mark.usefixtures("nothing_current")
def test_the_lease_of_a_later_claim_supersedes_that_of_an_earlier_one(
    ours: PostgresBroker, database: Database
) -> None:
    message = _claimed(database, ours)
    first = messages.current_lease()
    assert messages.current_lease() == first
    message.lease = Lease(message.lease.id, 2, uuid4())
    assert supersedes(messages.current_lease(), first)


def test_where_nothing_was_claimed_every_lease_is_another_one() -> None:
    assert messages.current_lease() != messages.current_lease()


def test_an_actor_whose_lease_is_lost_gives_way_quietly(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def stubborn(name: str) -> None:
        raise LeaseLostError(f"{name} is somebody else's")

    with caplog.at_level(logging.WARNING):
        messages.giving_way(stubborn)("the analysis")
    assert caplog.messages == ["stubborn gives way: the analysis is somebody else's"]


def test_any_other_error_of_an_actor_is_raised() -> None:
    def broken() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        messages.giving_way(broken)()
