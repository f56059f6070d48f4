"""A result is there with its message's end: not before, not without it, and not for ever."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker
from dramatiq.errors import ConnectionClosed
from dramatiq.middleware import Middleware, SkipMessage
from dramatiq.results import ResultFailure, ResultMissing, ResultTimeout
from fix_broker import eventually, keeping_results, rows, steal, usual_middleware, working

from scout_workers.broker import EngineOptions, PostgresBroker, PostgresResults, Pulse
from scout_workers.broker.effects import KeptResult

if TYPE_CHECKING:
    from fix_broker import MakeBroker
    from fix_proxy import MakeCable

KEPT = "SELECT count(*) FROM scout_broker.result"


@pytest.fixture
def storing(make_broker: MakeBroker) -> PostgresBroker:
    """A broker whose actors' results are kept, by a backend that was made before it."""
    results = keeping_results(PostgresResults())
    return make_broker(middleware=[*usual_middleware(), results])


def result_of(broker: PostgresBroker, message: dramatiq.Message[Any], **options: bool) -> object:
    backend = broker.get_results_backend()
    assert isinstance(backend, PostgresResults)
    return backend.get_result(message, **options)


def test_a_result_is_waited_for(storing: PostgresBroker) -> None:
    @dramatiq.actor(broker=storing)
    def add(one: int, two: int) -> int:
        return one + two

    sent = add.send(1, 2)
    with pytest.raises(ResultMissing):
        sent.get_result()
    with working(storing):
        assert sent.get_result(block=True) == 3
    assert sent.get_result() == 3


def test_a_backend_made_after_its_broker_serves_that_broker(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker()
    broker.add_middleware(keeping_results(PostgresResults(broker)))

    @dramatiq.actor(broker=broker)
    def one() -> int:
        return 1

    sent = one.send()
    dramatiq.set_broker(StubBroker())
    with working(broker):
        assert result_of(broker, sent, block=True) == 1
    assert rows(broker_database, KEPT) == [(1,)]


def test_a_backend_without_a_broker_of_its_kind_says_so() -> None:
    dramatiq.set_broker(StubBroker())
    with pytest.raises(TypeError, match="StubBroker: give this backend its PostgresBroker"):
        PostgresResults().get_result(dramatiq.Message("default", "noop", (), {}, {}))


def test_waiting_in_vain_ends_with_the_timeout_and_few_looks(
    storing: PostgresBroker, broker_database: str
) -> None:
    before = _looks(storing)
    began = time.monotonic()
    with pytest.raises(ResultTimeout):
        dramatiq.Message("default", "noop", (), {}, {}).get_result(block=True, timeout=1500)
    assert 1.5 <= time.monotonic() - began < 3
    assert _looks(storing) - before <= 16
    assert rows(broker_database, KEPT) == [(0,)]


def test_an_actor_that_fails_for_good_leaves_its_failure_with_its_death(
    storing: PostgresBroker, broker_database: str
) -> None:
    @dramatiq.actor(broker=storing, max_retries=1)
    def fail() -> None:
        raise RuntimeError("no luck")

    sent = fail.send()
    with working(storing):
        with pytest.raises(ResultFailure, match="actor raised RuntimeError: no luck") as caught:
            sent.get_result(block=True)
        # One commit: whoever sees the failure sees the dead message.
        assert rows(broker_database, "SELECT actor, error FROM scout_broker.dead_message") == [
            ("fail", "RuntimeError: no luck")
        ]
    assert caught.value.orig_exc_type == "RuntimeError"


def test_a_consumer_without_a_worker_refuses_a_message_at_once(
    storing: PostgresBroker, broker_database: str
) -> None:
    storing.enqueue(dramatiq.Message("default", "noop", (), {}, {}))
    consumer = storing.consume("default", timeout=10_000)
    message = next(consumer)
    assert message is not None
    consumer.nack(message)
    dead = "SELECT count(*) FROM scout_broker.dead_message"
    eventually(lambda: rows(broker_database, dead) == [(1,)])


def test_a_skipped_message_has_no_result_but_an_end(make_broker: MakeBroker) -> None:
    class Skip(Middleware):
        def before_process_message(
            self, broker: dramatiq.Broker, message: dramatiq.MessageProxy
        ) -> None:
            del broker, message
            raise SkipMessage("not today")

    results = keeping_results(PostgresResults())
    broker = make_broker(middleware=[*usual_middleware(), results, Skip()])

    @dramatiq.actor(broker=broker)
    def never() -> None:
        raise AssertionError("a skipped message ran")

    sent = never.send()
    with working(broker):
        assert sent.get_result(block=True) is None


def test_a_result_is_forgotten_when_it_was_read_to_be_forgotten(
    storing: PostgresBroker, broker_database: str
) -> None:
    @dramatiq.actor(broker=storing)
    def one() -> int:
        return 1

    sent = one.send()
    with working(storing):
        assert result_of(storing, sent, block=True, forget=True) == 1
    assert rows(broker_database, KEPT) == [(0,)]
    with pytest.raises(ResultMissing):
        sent.get_result()


def test_a_result_that_has_expired_is_missing_by_the_databases_clock(
    storing: PostgresBroker, broker_database: str
) -> None:
    backend = storing.get_results_backend()
    message: dramatiq.Message[Any] = dramatiq.Message("default", "noop", (), {}, {})
    backend.store_result(message, 1, 60_000)
    assert message.get_result() == 1
    rows(broker_database, "UPDATE scout_broker.result SET expires_at = now()")
    with pytest.raises(ResultMissing):
        message.get_result()


def test_a_result_too_large_to_keep_is_a_failure_that_says_so(make_broker: MakeBroker) -> None:
    results = keeping_results(PostgresResults(cap=1000))
    broker = make_broker(middleware=[*usual_middleware(), results])

    @dramatiq.actor(broker=broker)
    def talk() -> str:
        return "x" * 1000

    sent = talk.send()
    with working(broker), pytest.raises(ResultFailure, match="the cap is 1,000"):
        sent.get_result(block=True)


def test_a_result_is_not_there_before_its_message_is_done(
    storing: PostgresBroker, broker_database: str
) -> None:
    @dramatiq.actor(broker=storing)
    def one() -> int:
        return 1

    sent = one.send()
    with working(storing):
        assert sent.get_result(block=True) == 1
        assert rows(broker_database, "SELECT count(*) FROM scout_broker.message") == [(0,)]


def test_when_the_lease_was_lost_there_is_no_result(
    storing: PostgresBroker, broker_database: str
) -> None:
    @dramatiq.actor(broker=storing)
    def lose() -> int:
        steal(broker_database)
        return 1

    lose.send()
    with working(storing):
        eventually(lambda: (engine := storing._process.running()) and engine.stale == 1)
    assert rows(broker_database, KEPT) == [(0,)]


def test_the_control_that_stores_at_once_shows_a_result_of_a_refused_outcome(
    make_broker: MakeBroker, broker_database: str
) -> None:
    class AtOnce(PostgresResults):
        def _store(self, message_key: str, result: object, ttl: int) -> None:
            thread = threading.Thread(
                target=super()._store, args=(message_key, result, ttl), name="not-settling"
            )
            thread.start()
            thread.join()

    results = keeping_results(AtOnce())
    broker = make_broker(middleware=[*usual_middleware(), results])

    @dramatiq.actor(broker=broker)
    def lose() -> int:
        steal(broker_database)
        return 1

    lose.send()
    with working(broker):
        eventually(lambda: (engine := broker._process.running()) and engine.stale == 1)
    assert rows(broker_database, KEPT) == [(1,)]


def test_a_message_given_back_untouched_leaves_no_result(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(
        middleware=[*usual_middleware(), keeping_results(PostgresResults())],
        options=EngineOptions(concurrency={"default": 2}, pulse=Pulse(interval=60, dead_after=1.0)),
    )
    began, go_on = threading.Event(), threading.Event()

    @dramatiq.actor(broker=broker)
    def work() -> int:
        began.set()
        assert go_on.wait(10)
        return 1

    with working(broker, threads=1):
        first = work.send()
        assert began.wait(10)
        second = work.send()
        engine = broker._process.started()
        # Silent for so long that others may think it dead: it begins nothing more.
        eventually(lambda: not engine._heart.is_fresh())
        go_on.set()
        assert result_of(broker, first, block=True) == 1
        # Claimed beside the first, given back, and not claimed again until it is heard of.
        held = "SELECT attempt, state FROM scout_broker.message"
        eventually(lambda: rows(broker_database, held) == [(1, "ready")])
        with pytest.raises(ResultMissing):
            second.get_result()


def test_a_result_stored_outside_of_any_message_is_there_at_once(
    storing: PostgresBroker, broker_database: str
) -> None:
    backend = storing.get_results_backend()
    message: dramatiq.Message[Any] = dramatiq.Message("default", "noop", (), {}, {})
    backend.store_result(message, {"a": 1}, 60_000)
    backend.store_result(message, {"a": 2}, 60_000)
    assert message.get_result() == {"a": 2}
    assert rows(broker_database, KEPT) == [(1,)]


def test_the_newest_result_of_a_message_counts_within_one_batch_too(
    storing: PostgresBroker, broker_database: str
) -> None:
    outbox = storing.outbox
    for payload in (b"1", b"2"):
        outbox.keep("same", KeptResult(payload, 1000))
    assert rows(broker_database, "SELECT payload FROM scout_broker.result") == [(b"2",)]


def test_waiting_goes_on_while_the_server_is_away(
    make_broker: MakeBroker, broker_database: str, make_cable: MakeCable
) -> None:
    cable = make_cable(broker_database)
    near, far = make_broker(), make_broker(cable.url)
    message: dramatiq.Message[Any] = dramatiq.Message("default", "noop", (), {}, {})
    backend = PostgresResults(far)
    found: list[object] = []
    waiter = threading.Thread(
        target=lambda: found.append(backend.get_result(message, block=True, timeout=20_000)),
        name="waiter",
    )
    cable.refuse()
    with pytest.raises(ConnectionClosed):
        backend.get_result(message)
    waiter.start()
    PostgresResults(near).store_result(message, 7, 60_000)
    cable.mend()
    waiter.join(20)
    assert found == [7]


def _looks(broker: PostgresBroker) -> int:
    return broker.pool.stats().holds.count
