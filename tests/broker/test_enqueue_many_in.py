"""Many messages on the caller's transaction, in one exchange; and how many wait in a queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dramatiq
import psycopg
import pytest
from fix_broker import rows

if TYPE_CHECKING:
    from typing import Any

    from scout_workers.broker import PostgresBroker

WAITING = "SELECT payload, state FROM scout_broker.message ORDER BY seq"


def _message(number: int) -> dramatiq.Message[Any]:
    return dramatiq.Message(
        queue_name="default", actor_name="count", args=(number,), kwargs={}, options={}
    )


def test_many_messages_are_there_with_the_commit_in_the_order_given(
    broker: PostgresBroker, broker_database: str
) -> None:
    with psycopg.connect(broker_database, autocommit=True) as connection, connection.transaction():
        broker.enqueue_many_in(connection, [_message(number) for number in range(300)])
        broker.enqueue_many_in(connection, [])
        assert rows(broker_database, WAITING) == []
    found = [
        dramatiq.Message.decode(bytes(payload)).args[0]
        for payload, _ in rows(broker_database, WAITING)
    ]
    assert found == list(range(300))


def test_rolled_back_none_of_many_messages_is_there(
    broker: PostgresBroker, broker_database: str
) -> None:
    with (
        psycopg.connect(broker_database, autocommit=True) as connection,
        connection.transaction(force_rollback=True),
    ):
        broker.enqueue_many_in(connection, [_message(1), _message(2)], delay=1000)
    assert rows(broker_database, WAITING) == []


@pytest.mark.parametrize(("most", "counted"), [(2, 2), (3, 3), (50, 3)])
def test_what_waits_is_counted_no_further_than_asked_and_without_what_is_delayed(
    broker: PostgresBroker, most: int, counted: int
) -> None:
    broker.enqueue_many([_message(number) for number in range(3)])
    broker.enqueue(_message(4), delay=60_000)
    assert broker.ready("default", most=most) == counted
    assert broker.ready("elsewhere", most=most) == 0
