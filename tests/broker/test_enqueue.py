"""A message that was enqueued is in the table: once, whole, and only with its transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dramatiq
import psycopg
import pytest
from dramatiq.errors import QueueNotFound
from fix_broker import rows

from scout_workers.broker import BrokerError, BrokerUnavailableError, MessageTooLargeError
from scout_workers.broker.direct import insert
from scout_workers.broker.notes import note_key
from scout_workers.broker.row import new_row

if TYPE_CHECKING:
    from fix_broker import MakeBroker

    from scout_workers.broker import PostgresBroker


def message(**options: object) -> dramatiq.Message[None]:
    return dramatiq.Message("default", "noop", (1,), {}, dict(options))


def waiting(url: str) -> int:
    return int(rows(url, "SELECT count(*) FROM scout_broker.message")[0][0])


def test_an_enqueued_message_is_in_the_table_when_enqueue_returns(
    broker: PostgresBroker, broker_database: str
) -> None:
    sent = broker.enqueue(message())
    ((message_id, state, payload),) = rows(
        broker_database, "SELECT message_id, state, payload FROM scout_broker.message"
    )
    assert (message_id, state) == (sent.message_id, "ready")
    assert dramatiq.Message.decode(bytes(payload)) == sent


def test_a_delayed_message_waits_in_the_table_as_scheduled(
    broker: PostgresBroker, broker_database: str
) -> None:
    broker.enqueue(message(), delay=86_400_000)
    ((state, due),) = rows(
        broker_database,
        "SELECT state, round(extract(epoch FROM available_at - now()) / 3600)::int "
        "FROM scout_broker.message",
    )
    assert (state, due) == ("scheduled", 24)
    assert broker.get_declared_delay_queues() == set()


def test_an_enqueue_repeated_under_its_key_is_one_message(
    broker: PostgresBroker, broker_database: str
) -> None:
    row, key = new_row(message(), priority=0, delay=None, cap=1000), note_key()
    with broker.pool.connection() as connection:
        for _ in range(2):
            insert(connection, "scout_broker", row, key)
    assert waiting(broker_database) == 1


def test_the_control_under_another_key_is_two_messages(
    broker: PostgresBroker, broker_database: str
) -> None:
    row = new_row(message(), priority=0, delay=None, cap=1000)
    with broker.pool.connection() as connection:
        for _ in range(2):
            insert(connection, "scout_broker", row, note_key())
    assert waiting(broker_database) == 2


def test_at_most_one_message_waits_under_a_deduplication_key(
    broker: PostgresBroker, broker_database: str
) -> None:
    broker.enqueue(message(dedup_key="summary 7"))
    broker.enqueue(message(dedup_key="summary 7"), delay=1000)
    broker.enqueue(message(dedup_key="summary 8"))
    assert waiting(broker_database) == 2


def test_a_message_over_the_cap_is_refused_with_what_to_do(make_broker: MakeBroker) -> None:
    broker = make_broker(message_cap=500)
    with pytest.raises(MessageTooLargeError, match="keep the data in the blob store"):
        broker.enqueue(message(blob="x" * 500))


def test_an_undeclared_queue_is_refused(broker: PostgresBroker) -> None:
    with pytest.raises(QueueNotFound):
        broker.enqueue(message().copy(queue_name="nowhere"))


def test_many_messages_go_in_with_one_commit_and_in_order(
    broker: PostgresBroker, broker_database: str
) -> None:
    sent = broker.enqueue_many(message() for _ in range(500))
    stored = rows(broker_database, "SELECT message_id FROM scout_broker.message ORDER BY seq")
    assert [row[0] for row in stored] == [one.message_id for one in sent]
    assert len(rows(broker_database, "SELECT DISTINCT xmin::text FROM scout_broker.message")) == 1


def test_a_message_sent_in_a_transaction_exists_with_its_commit_or_not_at_all(
    broker: PostgresBroker, broker_database: str
) -> None:
    with psycopg.connect(broker_database, autocommit=True) as connection:
        with connection.transaction():
            broker.enqueue_in(connection, message())
            assert waiting(broker_database) == 0
        assert waiting(broker_database) == 1
        with connection.transaction(force_rollback=True):
            broker.enqueue_in(connection, message(), delay=5)
        assert waiting(broker_database) == 1


def test_a_role_without_rights_on_the_table_can_send_and_read_nothing(
    broker: PostgresBroker, broker_database: str
) -> None:
    role = "scout_test_sender"
    with psycopg.connect(broker_database, autocommit=True) as connection:
        connection.execute(
            f"DO $$ BEGIN CREATE ROLE {role}; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$".encode()
        )
        connection.execute(f"GRANT USAGE ON SCHEMA scout_broker TO {role}".encode())
        with connection.transaction():
            connection.execute(f"SET LOCAL ROLE {role}".encode())
            broker.enqueue_in(connection, message())
        with connection.transaction(force_rollback=True):
            connection.execute(f"SET LOCAL ROLE {role}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT payload FROM scout_broker.message")
        connection.execute(f"DROP OWNED BY {role}".encode())
    assert waiting(broker_database) == 1


def test_a_database_without_the_tables_says_what_to_do(
    make_broker: MakeBroker, empty_database: str
) -> None:
    broker = make_broker(empty_database)
    for send in (broker.enqueue, lambda one: broker.enqueue_many([one])):
        with pytest.raises(BrokerError, match="run its migrations first"):
            send(message())


def test_without_a_server_the_error_says_so(make_broker: MakeBroker) -> None:
    broker = make_broker("postgresql://scout@127.0.0.1:9/scout")
    with pytest.raises(BrokerUnavailableError, match="refused"):
        broker._database.insist(lambda connection: connection.execute("SELECT 1"), seconds=0.2)
