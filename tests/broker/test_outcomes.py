"""One outcome, one commit: what becomes of a message and what follows from it go out together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dramatiq
import psycopg
from dramatiq.middleware import CurrentMessage, Middleware
from fix_broker import eventually, rows, steal, usual_middleware, working

from scout_workers.broker import ClaimedMessage, LeaseLostError, PostgresBroker

if TYPE_CHECKING:
    import pytest
    from fix_broker import MakeBroker

MESSAGES = "SELECT id, attempt, state FROM scout_broker.message ORDER BY id"


def current() -> ClaimedMessage:
    message: object = CurrentMessage.get_current_message()
    assert isinstance(message, ClaimedMessage)
    return message


def partial(actor: dramatiq.Actor[..., Any], *args: object) -> dramatiq.Message[Any]:
    """A message that a pipeline completes with the result before it."""
    return actor.message_with_options(args=args)


def chain(broker: PostgresBroker, *messages: dramatiq.Message[Any]) -> None:
    dramatiq.pipeline(messages, broker=broker).run()  # type: ignore[no-untyped-call]  # Dramatiq


def test_a_retry_is_the_same_row_with_another_attempt(
    broker: PostgresBroker, broker_database: str
) -> None:
    attempts: list[tuple[object, ...]] = []

    @dramatiq.actor(broker=broker, max_retries=2)
    def fail() -> None:
        attempts.extend(rows(broker_database, MESSAGES))
        raise RuntimeError("no luck")

    fail.send()
    with working(broker):
        broker.join("default", timeout=10_000)
    first_id = attempts[0][0]
    assert attempts == [(first_id, n, "leased") for n in (1, 2, 3)]
    ((actor, reason, error, attempt),) = rows(
        broker_database, "SELECT actor, reason, error, attempt FROM scout_broker.dead_message"
    )
    assert (actor, reason, error, attempt) == ("fail", "failed", "RuntimeError: no luck", 3)


def test_a_pipeline_goes_on_with_the_acknowledgement_of_each_step(
    broker: PostgresBroker, broker_database: str
) -> None:
    results: list[int] = []

    @dramatiq.actor(broker=broker)
    def add(one: int, two: int) -> int:
        return one + two

    @dramatiq.actor(broker=broker)
    def note(number: int) -> None:
        results.append(number)

    chain(broker, add.message(1, 2), partial(add, 3), partial(note))
    with working(broker):
        eventually(lambda: results)
        broker.join("default", timeout=5_000)
    assert results == [6]
    assert rows(broker_database, MESSAGES) == []


def test_when_the_lease_is_lost_nothing_of_the_outcome_happens(
    broker: PostgresBroker, broker_database: str
) -> None:
    @dramatiq.actor(broker=broker)
    def follow(_: object) -> None:
        raise AssertionError("the follow-up of a refused outcome ran")

    @dramatiq.actor(broker=broker)
    def lose() -> int:
        steal(broker_database)
        return 1

    chain(broker, lose.message(), partial(follow))
    with working(broker):
        eventually(lambda: (engine := broker._process.running()) and engine.stale == 1)
    assert [row[1:] for row in rows(broker_database, MESSAGES)] == [(2, "leased")]


def test_the_control_without_the_fence_loses_the_other_workers_message(
    broker: PostgresBroker, broker_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfenced = "DELETE FROM scout_broker.message WHERE id = ANY (%(ids)s) RETURNING id"
    run = broker._database.run

    def without_the_fence(name: str, parameters: dict[str, object], **options: object) -> object:
        if name == "settle_acks":
            return rows(broker_database, unfenced.replace("%(ids)s", "%s"), parameters["ids"])
        return run(name, parameters, **options)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(broker._database, "run", without_the_fence)

    @dramatiq.actor(broker=broker)
    def lose() -> None:
        steal(broker_database)

    lose.send()
    with working(broker):
        eventually(lambda: rows(broker_database, MESSAGES) == [])


def test_an_acknowledgement_in_the_actors_transaction_commits_with_its_writes(
    broker: PostgresBroker, broker_database: str
) -> None:
    rows(broker_database, "CREATE TABLE result (number int)")

    @dramatiq.actor(broker=broker)
    def write() -> None:
        with psycopg.connect(broker_database, autocommit=True) as connection:
            with connection.transaction():
                connection.execute("INSERT INTO result VALUES (1)")
                broker.ack_in(connection, current())
            assert connection.execute(MESSAGES.encode()).fetchall() == []

    write.send()
    with working(broker):
        broker.join("default", timeout=5_000)
    engine_was_never_refused = broker._process.running() is None
    assert engine_was_never_refused
    assert rows(broker_database, "SELECT * FROM result") == [(1,)]


def test_an_actor_whose_transaction_failed_is_retried_though_it_had_acknowledged_in_it(
    broker: PostgresBroker, broker_database: str
) -> None:
    rows(broker_database, "CREATE TABLE result (number int)")
    tries: list[int] = []

    @dramatiq.actor(broker=broker)
    def write() -> None:
        tries.append(1)
        with psycopg.connect(broker_database) as connection:
            connection.execute("INSERT INTO result VALUES (1)")
            broker.ack_in(connection, current())
            if len(tries) == 1:
                raise RuntimeError("the commit never came")

    write.send()
    with working(broker):
        broker.join("default", timeout=10_000)
    assert len(tries) == 2
    assert rows(broker_database, "SELECT * FROM result") == [(1,)]


def test_a_stale_acknowledgement_in_a_transaction_undoes_the_transaction(
    broker: PostgresBroker, broker_database: str
) -> None:
    rows(broker_database, "CREATE TABLE result (number int)")

    @dramatiq.actor(broker=broker, throws=LeaseLostError)
    def write() -> None:
        steal(broker_database)
        with psycopg.connect(broker_database) as connection:
            connection.execute("INSERT INTO result VALUES (1)")
            broker.ack_in(connection, current())

    write.send()
    with working(broker):
        eventually(lambda: (engine := broker._process.running()) and engine.stale == 1)
    assert rows(broker_database, "SELECT * FROM result") == []
    assert [row[1:] for row in rows(broker_database, MESSAGES)] == [(2, "leased")]


def test_re_enqueueing_the_current_message_from_its_actor_makes_a_second_one(
    broker: PostgresBroker, broker_database: str
) -> None:
    ids: list[object] = []

    @dramatiq.actor(broker=broker)
    def again() -> None:
        ids.extend(row[0] for row in rows(broker_database, MESSAGES))
        if len(ids) == 1:
            broker.enqueue(current()._message)

    again.send()
    with working(broker):
        broker.join("default", timeout=5_000)
    assert len(set(ids)) == 2


def test_a_message_middleware_failed_before_processing_is_dead(make_broker: MakeBroker) -> None:
    class Refuse(Middleware):
        def before_process_message(
            self, broker: dramatiq.Broker, message: dramatiq.MessageProxy
        ) -> None:
            del broker
            message.fail()

    broker = make_broker(middleware=[*usual_middleware(), Refuse()])

    @dramatiq.actor(broker=broker)
    def never() -> None:
        raise AssertionError("a failed message ran")

    never.send()
    with working(broker):
        broker.join("default", timeout=5_000)
    (stats,) = broker.queue_stats()
    assert (stats.queue, stats.dead, stats.leased) == ("default", 1, 0)
