"""An abort ends what waits at once and what runs within a heartbeat, and never anything else."""

from __future__ import annotations

import threading
import time
from random import Random
from typing import TYPE_CHECKING, Any

import dramatiq
import psycopg
import pytest
from dramatiq.middleware import CurrentMessage
from fix_broker import eventually, rows, working
from psycopg import sql

from scout_workers.broker import Aborted, ClaimedMessage, EngineOptions, Pulse
from scout_workers.broker.queries import query
from scout_workers.broker.rescuer import Rescuer

if TYPE_CHECKING:
    from fix_broker import MakeBroker

    from scout_workers.broker import PostgresBroker

WAITING = "SELECT message_id, state FROM scout_broker.message ORDER BY id"
DEAD = "SELECT message_id, reason, error FROM scout_broker.dead_message ORDER BY died_at, id"
REQUESTS = "SELECT message FROM scout_broker.abort_request"
SLOW = EngineOptions(pulse=Pulse(interval=60, dead_after=180))


def fates(url: str) -> list[tuple[Any, ...]]:
    return [row[:2] for row in rows(url, DEAD)]


def test_what_waits_is_dead_at_once_and_can_be_retried(
    broker: PostgresBroker, broker_database: str
) -> None:
    ready = broker.enqueue(dramatiq.Message("default", "noop", (), {}, {}))
    later = broker.enqueue(dramatiq.Message("default", "noop", (), {}, {}), delay=600_000)
    left = broker.enqueue(dramatiq.Message("default", "noop", (), {}, {}))

    assert broker.aborts.abort(ready.message_id) is Aborted.WAITING
    assert broker.aborts.abort(later.message_id) == "waiting"

    assert rows(broker_database, WAITING) == [(left.message_id, "ready")]
    assert fates(broker_database) == [(ready.message_id, "aborted"), (later.message_id, "aborted")]
    (dead, _) = broker.dead.find()
    assert dead.error == "aborted as it waited"
    assert broker.aborts.abort(ready.message_id) is Aborted.UNKNOWN
    assert broker.aborts.abort("nobody's") is Aborted.UNKNOWN


def test_one_that_was_claimed_ahead_dies_without_running_and_frees_its_place(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(options=EngineOptions(concurrency={"default": 2}, pulse=SLOW.pulse))
    began, finish = threading.Event(), threading.Event()
    ran: list[str] = []

    @dramatiq.actor(broker=broker)
    def work(name: str) -> None:
        ran.append(name)
        began.set()
        assert finish.wait(20)

    work.send("first")
    with working(broker, threads=1):
        assert began.wait(10)
        prefetched = work.send("never")
        eventually(lambda: (prefetched.message_id, "leased") in rows(broker_database, WAITING))

        assert broker.aborts.abort(prefetched.message_id) is Aborted.RUNNING

        eventually(lambda: fates(broker_database) == [(prefetched.message_id, "aborted")])
        work.send("third")  # two places, and the thread still holds one
        eventually(lambda: len(rows(broker_database, WAITING)) == 2)
        eventually(lambda: {state for _, state in rows(broker_database, WAITING)} == {"leased"})
        finish.set()
        broker.join("default", timeout=10_000)
        assert ran == ["first", "third"]
        assert broker._process.started().stale == 0
    assert fates(broker_database) == [(prefetched.message_id, "aborted")]


def test_one_that_runs_is_told_and_dies_of_whatever_error_ends_it(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker()
    asker = make_broker()
    told = threading.Event()
    broker.abort_asked.append(lambda _: told.set())

    @dramatiq.actor(broker=broker, max_retries=10)
    def work() -> None:
        assert told.wait(20)
        raise ConnectionResetError("cut off")

    sent = work.send()
    with working(broker):
        eventually(lambda: rows(broker_database, WAITING) == [(sent.message_id, "leased")])
        asked_at = time.monotonic()
        assert asker.aborts.abort(sent.message_id) is Aborted.RUNNING
        assert told.wait(10)
        assert time.monotonic() - asked_at < 0.5 + 1  # a heartbeat and a second
        eventually(lambda: fates(broker_database) == [(sent.message_id, "aborted")])
        eventually(lambda: rows(broker_database, REQUESTS) == [])
    assert rows(broker_database, WAITING) == []
    assert rows(broker_database, DEAD)[0][2] == "ConnectionResetError: cut off"


def test_one_that_comes_to_its_end_all_the_same_is_done(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker()
    told = threading.Event()
    broker.abort_asked.append(lambda _: told.set())

    @dramatiq.actor(broker=broker)
    def work() -> None:
        assert told.wait(20)

    sent = work.send()
    with working(broker):
        eventually(lambda: rows(broker_database, WAITING) == [(sent.message_id, "leased")])
        broker.aborts.abort(sent.message_id)
        broker.join("default", timeout=10_000)
        eventually(lambda: rows(broker_database, REQUESTS) == [])
    assert fates(broker_database) == []


def test_the_same_process_hears_at_once_and_not_with_its_next_heartbeat(
    make_broker: MakeBroker,
) -> None:
    broker = make_broker(options=SLOW)
    began, told = threading.Event(), threading.Event()
    broker.abort_asked.append(lambda _: told.set())

    @dramatiq.actor(broker=broker)
    def work() -> None:
        began.set()
        assert told.wait(20)

    sent = work.send()
    with working(broker):
        assert began.wait(10)
        asked_at = time.monotonic()
        broker.aborts.abort(sent.message_id)
        assert told.wait(10)
        assert time.monotonic() - asked_at < 2


def test_a_listener_that_fails_keeps_nobody_from_being_told(
    make_broker: MakeBroker, caplog: pytest.LogCaptureFixture
) -> None:
    broker = make_broker()
    began, told = threading.Event(), threading.Event()

    def fail(_: ClaimedMessage) -> None:
        raise ValueError("no")

    broker.abort_asked.extend([fail, lambda _: told.set()])

    @dramatiq.actor(broker=broker)
    def work() -> None:
        began.set()
        assert told.wait(20)

    sent = work.send()
    with working(broker):
        assert began.wait(10)
        assert broker.aborts.abort(sent.message_id) is Aborted.RUNNING
        broker.join("default", timeout=10_000)
    assert "a listener failed" in caplog.text


def test_a_request_for_a_lease_that_ended_in_a_retry_ends_the_retry(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(options=SLOW)
    asked = threading.Event()

    @dramatiq.actor(broker=broker, min_backoff=600_000, max_backoff=600_000)
    def work() -> None:
        assert asked.wait(20)
        raise ValueError("once more")

    sent = work.send()
    with working(broker):
        eventually(lambda: rows(broker_database, WAITING) == [(sent.message_id, "leased")])
        # As another process's request: this one hears of it when its retry is in the table.
        rows(
            broker_database,
            "INSERT INTO scout_broker.abort_request SELECT id FROM scout_broker.message",
        )
        asked.set()
        eventually(lambda: rows(broker_database, WAITING) == [(sent.message_id, "scheduled")])
        broker._process.started().beat()
        eventually(lambda: fates(broker_database) == [(sent.message_id, "aborted")])
    assert rows(broker_database, WAITING) == []
    assert rows(broker_database, REQUESTS) == []


def test_a_message_whose_worker_died_before_it_heard_is_not_run_again(
    broker: PostgresBroker, broker_database: str
) -> None:
    aborted, other = (
        broker.enqueue(dramatiq.Message("default", "noop", (), {}, {})) for _ in range(2)
    )
    rows(
        broker_database,
        "UPDATE scout_broker.message SET state = 'leased', attempt = 1, "
        "lease_owner = gen_random_uuid()",
    )
    assert broker.aborts.abort(aborted.message_id) is Aborted.RUNNING
    rescuer = Rescuer(
        broker._database,
        Pulse(),
        surroundings=lambda: pytest.fail("not asked for"),
        max_deliveries=5,
        rescued=lambda: None,
    )
    assert rescuer.sweep() == (1, 1)
    assert rows(broker_database, WAITING) == [(other.message_id, "ready")]
    assert fates(broker_database) == [(aborted.message_id, "aborted")]


def test_a_request_is_not_heeded_under_another_lease(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(options=SLOW)
    began, finish = threading.Event(), threading.Event()
    told: list[str] = []
    broker.abort_asked.append(lambda message: told.append(message.message_id))

    @dramatiq.actor(broker=broker)
    def work() -> None:
        began.set()
        assert finish.wait(20)

    work.send()
    with working(broker):
        assert began.wait(10)
        engine = broker._process.started()
        ((id_, attempt, owner),) = rows(
            broker_database, "SELECT id, attempt, lease_owner FROM scout_broker.message"
        )
        engine.recall.heed(owner, {id_: attempt + 1}, astray=False)
        engine.recall.heed(owner, {id_ + 1: attempt}, astray=False)
        assert told == []
        engine.recall.heed(owner, {id_: attempt}, astray=False)
        assert len(told) == 1
        finish.set()
        broker.join("default", timeout=10_000)


def test_every_message_that_is_aborted_as_it_ends_has_one_end(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(options=EngineOptions(concurrency={"default": 8}, pulse=SLOW.pulse))
    ended: list[str] = []
    random, never = Random(7), threading.Event()

    @dramatiq.actor(broker=broker)
    def work() -> None:
        message = CurrentMessage.get_current_message()
        assert message is not None
        never.wait(random.uniform(0, 0.005))
        ended.append(message.message_id)

    sent = [m.message_id for m in broker.enqueue_many(work.message() for _ in range(200))]
    answers: dict[str, Aborted] = {}
    with working(broker, threads=4):
        for message_id in reversed(sent):
            answers[message_id] = broker.aborts.abort(message_id)
        broker.join("default", timeout=20_000)
        assert broker._process.started().stale == 0

    dead = [message_id for message_id, _ in fates(broker_database)]
    assert sorted(ended + dead) == sorted(sent)  # each once, and none twice
    assert {answers[message_id] for message_id in dead} <= {Aborted.WAITING, Aborted.RUNNING}
    assert all(answers[m] is not Aborted.WAITING for m in ended)
    assert dead
    assert ended


@pytest.mark.parametrize("name", ["beat", "abort_astray"])
def test_requests_are_looked_up_by_key_however_many_messages_there_are(
    broker_database: str, name: str
) -> None:
    rows(
        broker_database,
        "INSERT INTO scout_broker.message (message_id, queue, actor, payload) "
        "SELECT n, 'default', 'noop', '' FROM generate_series(1, 50000) n",
    )
    rows(broker_database, "ANALYZE scout_broker.message")
    parameters = {
        "id": "7b2d2c4e-8f3a-4b63-9f44-0d6a3f6f6c11",
        "queues": ["default"],
        "threads": 1,
        "draining": False,
        "dead_after": 18,
        "boot_id": "b",
        "pid_space": "p",
    }
    statement = sql.SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ") + query(name, "scout_broker")
    for requests in (0, 3):
        rows(
            broker_database,
            "INSERT INTO scout_broker.abort_request SELECT id FROM scout_broker.message LIMIT %s",
            requests,
        )
        with psycopg.connect(broker_database) as connection:
            found = connection.execute(statement, parameters).fetchone()
            connection.rollback()
        assert found is not None
        plan = found[0][0]["Plan"]
        assert "message_pkey" in str(plan)
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 300
