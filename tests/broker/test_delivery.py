"""What is enqueued is worked on: in order, once, and never in a form that breaks a worker."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import dramatiq
from dramatiq.middleware import CurrentMessage
from fix_broker import eventually, rows, working

from scout_workers.broker import ClaimedMessage, EngineOptions, PostgresBroker

if TYPE_CHECKING:
    import pytest
    from fix_broker import MakeBroker


def test_a_message_is_worked_on_and_its_row_is_gone(
    broker: PostgresBroker, broker_database: str
) -> None:
    seen: list[int] = []

    @dramatiq.actor(broker=broker)
    def note(number: int) -> None:
        seen.append(number)

    for number in range(50):
        note.send(number)
    with working(broker):
        broker.join("default", timeout=10_000)
    assert sorted(seen) == list(range(50))
    assert rows(broker_database, "SELECT count(*) FROM scout_broker.message") == [(0,)]
    assert rows(broker_database, "SELECT count(*) FROM scout_broker.worker") == [(0,)]


def test_messages_of_one_thread_run_in_the_order_they_were_sent(broker: PostgresBroker) -> None:
    seen: list[int] = []

    @dramatiq.actor(broker=broker)
    def note(number: int) -> None:
        seen.append(number)

    broker.enqueue_many(note.message(number) for number in range(100))
    with working(broker, threads=1):
        broker.join("default", timeout=10_000)
    assert seen == list(range(100))


def test_a_smaller_priority_number_runs_first(make_broker: MakeBroker) -> None:
    broker = make_broker(options=EngineOptions(concurrency={"default": 1}))
    seen: list[str] = []

    @dramatiq.actor(broker=broker, priority=10)
    def later(name: str) -> None:
        seen.append(name)

    @dramatiq.actor(broker=broker, priority=1)
    def sooner(name: str) -> None:
        seen.append(name)

    for _ in range(3):
        later.send("later")
    for _ in range(3):
        sooner.send("sooner")
    with working(broker, threads=1):
        broker.join("default", timeout=10_000)
    assert seen == ["sooner"] * 3 + ["later"] * 3


def test_a_delayed_message_runs_after_its_delay_and_not_from_memory(
    broker: PostgresBroker, broker_database: str
) -> None:
    ran = threading.Event()

    @dramatiq.actor(broker=broker)
    def ring() -> None:
        ran.set()

    with working(broker):
        ring.send_with_options(delay=600)
        assert not ran.wait(0.3)
        assert rows(broker_database, "SELECT state FROM scout_broker.message") == [("scheduled",)]
        assert ran.wait(5)
        broker.join("default", timeout=5_000)


def test_a_message_of_another_process_is_found_by_polling(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker, elsewhere = make_broker(), make_broker()
    ran = threading.Event()

    @dramatiq.actor(broker=broker)
    def ring() -> None:
        ran.set()

    with working(broker):
        eventually(lambda: rows(broker_database, "SELECT id FROM scout_broker.worker"))
        elsewhere.enqueue(ring.message())
        assert ran.wait(5)


def test_a_message_whose_queue_name_is_not_its_rows_does_not_break_the_worker(
    broker: PostgresBroker, broker_database: str
) -> None:
    seen: list[int] = []

    @dramatiq.actor(broker=broker)
    def note(number: int) -> None:
        seen.append(number)

    broker.declare_queue("other")
    note.send(1)
    rows(broker_database, "UPDATE scout_broker.message SET queue = 'other'")
    note.send(2)
    with working(broker):
        broker.join("other", timeout=5_000)
        broker.join("default", timeout=5_000)
    assert sorted(seen) == [1, 2]


def test_what_no_decoder_can_read_is_dead_with_its_reason(
    broker: PostgresBroker, broker_database: str
) -> None:
    seen: list[int] = []

    @dramatiq.actor(broker=broker)
    def note(number: int) -> None:
        seen.append(number)

    note.send(1)
    rows(broker_database, r"UPDATE scout_broker.message SET payload = '\xdeadbeef'")
    note.send(2)
    with working(broker):
        broker.join("default", timeout=5_000)
    assert seen == [2]
    assert rows(broker_database, "SELECT reason, payload FROM scout_broker.dead_message") == [
        ("undecodable", b"\xde\xad\xbe\xef")
    ]


def test_a_message_for_an_unknown_actor_is_dead_and_not_lost(
    broker: PostgresBroker, broker_database: str
) -> None:
    broker.enqueue(dramatiq.Message("default", "nobody", (), {}, {}))
    with working(broker):
        broker.join("default", timeout=5_000)
    assert rows(broker_database, "SELECT actor, reason FROM scout_broker.dead_message") == [
        ("nobody", "failed")
    ]


def test_two_workers_never_run_the_same_message(make_broker: MakeBroker) -> None:
    brokers = [make_broker(), make_broker()]
    seen: list[int] = []

    def note(number: int) -> None:
        seen.append(number)

    actors = [dramatiq.actor(broker=broker)(note) for broker in brokers]
    brokers[0].enqueue_many(actors[0].message(number) for number in range(1000))
    with working(brokers[0]), working(brokers[1]):
        brokers[0].join("default", timeout=20_000)
    assert sorted(seen) == list(range(1000))


def test_a_queue_never_holds_more_than_its_limit(make_broker: MakeBroker) -> None:
    broker = make_broker(options=EngineOptions(concurrency={"default": 3}))
    lock = threading.Lock()
    running: list[int] = []
    most: list[int] = []
    three = threading.Barrier(3)

    @dramatiq.actor(broker=broker)
    def crowd() -> None:
        with lock:
            running.append(1)
            most.append(len(running))
        three.wait(5)
        with lock:
            running.pop()

    broker.enqueue_many(crowd.message() for _ in range(30))
    with working(broker, threads=10):
        broker.join("default", timeout=20_000)
    assert max(most) == 3


def test_a_paused_queue_is_not_claimed_and_the_others_are(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker()
    seen: list[str] = []
    broker.declare_queue("paused")

    @dramatiq.actor(broker=broker)
    def note(queue: str) -> None:
        seen.append(queue)

    rows(
        broker_database,
        "INSERT INTO scout_broker.queue_control (queue, paused_at, paused_by) "
        "VALUES ('paused', now(), 'the test')",
    )
    broker.enqueue(note.message("paused").copy(queue_name="paused"))
    broker.enqueue(note.message("default"))
    with working(broker):
        broker.join("default", timeout=5_000)
        assert seen == ["default"]
        rows(broker_database, "DELETE FROM scout_broker.queue_control")
        broker.join("paused", timeout=5_000)
    assert seen == ["default", "paused"]


def test_flush_drops_what_waits(broker: PostgresBroker, broker_database: str) -> None:
    broker.enqueue(dramatiq.Message("default", "noop", (), {}, {}))
    broker.enqueue(dramatiq.Message("default", "noop", (), {}, {}), delay=1000)
    broker.flush_all()
    assert rows(broker_database, "SELECT count(*) FROM scout_broker.message") == [(0,)]


def test_an_eta_that_is_no_time_is_told_and_the_message_is_due_now(
    broker: PostgresBroker, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []

    @dramatiq.actor(broker=broker)
    def note(number: int) -> None:
        seen.append(number)

    broker.enqueue(note.message_with_options(args=(1,), eta="tomorrow"))
    broker.enqueue(note.message_with_options(args=(2,), eta=None))
    with working(broker):
        broker.join("default", timeout=5_000)
    assert sorted(seen) == [1, 2]
    (told,) = [r.getMessage() for r in caplog.records if "eta" in r.getMessage()]
    assert "'tomorrow'" in told


def test_a_message_is_equal_to_what_was_sent_and_two_claims_of_it_are_two(
    broker: PostgresBroker,
) -> None:
    claims: list[ClaimedMessage] = []

    @dramatiq.actor(broker=broker, max_retries=1)
    def fail() -> None:
        message: object = CurrentMessage.get_current_message()
        assert isinstance(message, ClaimedMessage)
        claims.append(message)
        raise RuntimeError("no luck")

    fail.send()
    with working(broker):
        broker.join("default", timeout=5_000)
    first, second = claims
    assert first == first._message
    assert first._message != second
    first._message = second._message
    assert first != second
