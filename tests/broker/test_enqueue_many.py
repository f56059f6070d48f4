"""A bulk enqueue is one commit by COPY, and loses nothing that a single enqueue keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dramatiq
import pytest
from fix_broker import rows, usual_middleware

from scout_workers.broker import MessageTooLargeError

if TYPE_CHECKING:
    from fix_broker import MakeBroker

    from scout_workers.broker import PostgresBroker

STORED = (
    "SELECT message_id, queue, actor, priority, state, payload, dedup_key, attempt, rescues, "
    "available_at - enqueued_at FROM scout_broker.message ORDER BY seq"
)


def message(*arguments: object, **options: object) -> dramatiq.Message[None]:
    return dramatiq.Message("default", "noop", arguments, {}, dict(options))


def without_times(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [row[:-1] for row in found]


def test_a_message_of_a_batch_is_stored_as_one_sent_alone(
    broker: PostgresBroker, broker_database: str
) -> None:
    broker.declare_queue("Grüße ☃")
    dramatiq.actor(broker=broker, actor_name="noop", priority=-7)(print)
    batch = [message(1), message("ü☃"), message(3).copy(queue_name="Grüße ☃")]
    broker.enqueue_many(batch)
    many = rows(broker_database, STORED)
    rows(broker_database, "TRUNCATE scout_broker.message, scout_broker.enqueued")
    for one in batch:
        broker.enqueue(one)
    assert without_times(many) == without_times(rows(broker_database, STORED))
    assert {row[-1] for row in many} == {timedelta(0)}


def test_delays_within_a_batch_count_from_the_databases_now(
    broker: PostgresBroker, broker_database: str
) -> None:
    broker.enqueue_many([message(1), message(2)], delay=86_400_000)
    broker.enqueue_many([message(3)])
    found = [(row[4], row[-1]) for row in rows(broker_database, STORED)]
    assert found[2] == ("ready", timedelta(0))
    for state, waits in found[:2]:
        assert state == "scheduled"
        # Encoding a batch takes its while, and what is left of the delay is counted then.
        assert timedelta(0) <= timedelta(days=1) - waits < timedelta(seconds=5)


@pytest.mark.parametrize("delay", [None, 60_000])
def test_at_most_one_message_of_a_batch_waits_under_a_deduplication_key(
    broker: PostgresBroker, broker_database: str, delay: int | None
) -> None:
    broker.enqueue(message(dedup_key="summary 7"))
    twins = [message(dedup_key=f"summary {number}") for number in (7, 8, 8, 9)]
    broker.enqueue_many([*twins, message()], delay=delay)
    keys = [row[6] for row in rows(broker_database, STORED)]
    assert keys == ["summary 7", "summary 8", "summary 9", None]


def test_one_message_over_the_cap_keeps_the_batch_out_and_is_named(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(message_cap=500)
    large = message("x" * 500)
    with pytest.raises(MessageTooLargeError, match=large.message_id):
        broker.enqueue_many([message(1), large, message(3)])
    assert rows(broker_database, STORED) == []


def test_middleware_hear_of_every_message_of_a_batch(make_broker: MakeBroker) -> None:
    heard: list[tuple[str, str, int | None]] = []

    class Listener(dramatiq.Middleware):
        def before_enqueue(
            self, _: dramatiq.Broker, message: dramatiq.Message[Any], delay: int | None
        ) -> None:
            heard.append(("before", message.message_id, delay))

        def after_enqueue(
            self, _: dramatiq.Broker, message: dramatiq.Message[Any], delay: int | None
        ) -> None:
            heard.append(("after", message.message_id, delay))

    broker = make_broker(middleware=[*usual_middleware(), Listener()])
    ids = [one.message_id for one in broker.enqueue_many([message(), message()], delay=5)]
    assert heard == [(when, one, 5) for when in ("before", "after") for one in ids]


def test_no_messages_are_no_transaction(make_broker: MakeBroker) -> None:
    nowhere = make_broker("postgresql://scout@127.0.0.1:9/scout")
    assert nowhere.enqueue_many([]) == []


class Dated(dramatiq.Message[None]):
    """A message with an encoding of its own."""

    def encode(self) -> bytes:
        return b"dated " + super().encode()


def test_a_message_is_stored_as_it_encodes_itself(
    broker: PostgresBroker, broker_database: str
) -> None:
    plain, dated = message(1, blob="ü"), Dated("default", "noop", (1,), {}, {})
    broker.enqueue_many([plain, dated])
    assert [bytes(row[5]) for row in rows(broker_database, STORED)] == [
        plain.encode(),
        dated.encode(),
    ]
