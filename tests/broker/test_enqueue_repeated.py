"""An enqueue repeated after a lost reply is one message, even if that is done and gone by then.

The guard is the note in `enqueued`; each control takes it away and sees the work done twice.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import dramatiq
import psycopg
import pytest
from fix_broker import eventually, rows, working

from scout_workers.broker import database
from scout_workers.broker.direct import insert
from scout_workers.broker.notes import note_key
from scout_workers.broker.row import new_row

if TYPE_CHECKING:
    from fix_broker import MakeBroker
    from fix_proxy import MakeCable

    from scout_workers.broker import PostgresBroker
    from scout_workers.broker.row import NewRow

MESSAGES = "SELECT count(*) FROM scout_broker.message"
FORGET = "DELETE FROM scout_broker.enqueued"


def message(number: int = 0) -> dramatiq.Message[None]:
    return dramatiq.Message("default", "note", (number,), {}, {})


def send(broker: PostgresBroker, size: int) -> None:
    if size == 1:
        broker.enqueue(message())
    else:
        broker.enqueue_many(message(number) for number in range(size))


def row() -> NewRow:
    return new_row(message(), priority=0, delay=None, cap=1000)


def count(url: str) -> int:
    return int(rows(url, MESSAGES)[0][0])


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A repetition leaves time enough to cut the cable for good before it comes."""
    monkeypatch.setattr(database, "FIRST_PAUSE", 0.5)


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("times", [1, 2], ids=["noted", "control"])
@pytest.mark.parametrize(("size", "request_lost"), [(1, b"put("), (2, b"COMMIT")])
def test_what_was_done_before_the_repetition_came_is_not_done_again(
    make_broker: MakeBroker,
    make_cable: MakeCable,
    broker_url: str,
    broker_database: str,
    *,
    size: int,
    request_lost: bytes,
    times: int,
) -> None:
    cable = make_cable(broker_url)
    producer, consumer = make_broker(cable.url), make_broker()
    done: list[int] = []
    dramatiq.actor(broker=consumer, actor_name="note")(done.append)
    producer.pool.warm()
    with working(consumer):
        lost = cable.lose_reply_to(request_lost)
        enqueueing = threading.Thread(target=send, args=[producer, size])
        enqueueing.start()
        assert lost.wait(10)
        cable.refuse()
        eventually(lambda: len(done) == size and count(broker_database) == 0)
        if times == 2:
            rows(broker_database, FORGET)
        once = len(done)
        cable.mend()
        enqueueing.join(10)
        consumer.join("default", timeout=10_000)
    assert (once, len(done)) == (size, times * size)


@pytest.mark.parametrize("ending", ["COMMIT", "ROLLBACK"])
def test_a_repetition_waits_for_a_first_try_that_still_runs(
    broker: PostgresBroker, broker_database: str, ending: str
) -> None:
    one, key = row(), note_key()
    put = partial(insert, schema="scout_broker", row=one, key=key)
    with psycopg.connect(broker_database) as connection:
        connection.execute("SELECT")  # begins the transaction
        put(connection)
        again = threading.Thread(target=broker.outbox.database.once, args=[put])
        again.start()
        eventually(lambda: waits_for_a_transaction(broker_database))
        connection.execute(ending.encode())
        again.join(10)
    assert count(broker_database) == 1


def waits_for_a_transaction(url: str) -> bool:
    return bool(
        rows(
            url,
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock' AND query LIKE '%%put(%%'",
        )
    )


def test_a_batch_that_was_refused_leaves_neither_messages_nor_a_note(
    broker: PostgresBroker, broker_database: str
) -> None:
    fine, broken = row(), row()._replace(queue="a\0b")
    with pytest.raises(psycopg.DataError):
        broker.outbox.put_many(lambda: [fine, broken], deduplicated=False)
    assert rows(broker_database, "SELECT key FROM scout_broker.enqueued") == []
    assert count(broker_database) == 0


@pytest.mark.parametrize("cut_at", [b"enqueued", b"COPY", b"PGCOPY"])
def test_a_batch_cut_off_on_its_way_is_begun_again(
    make_broker: MakeBroker,
    make_cable: MakeCable,
    broker_url: str,
    broker_database: str,
    cut_at: bytes,
) -> None:
    cable = make_cable(broker_url)
    producer = make_broker(cable.url)
    producer.pool.warm()
    lost = cable.lose_reply_to(cut_at)
    producer.enqueue_many(message(number) for number in range(500))
    assert lost.is_set()
    assert count(broker_database) == 500


def test_a_note_is_one_a_call_not_one_a_message(
    broker: PostgresBroker, broker_database: str
) -> None:
    broker.enqueue(message())
    broker.enqueue_many(message(number) for number in range(20))
    assert len(rows(broker_database, "SELECT key FROM scout_broker.enqueued")) == 2
