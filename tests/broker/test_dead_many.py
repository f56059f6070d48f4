"""Dead messages in great numbers: gone through in windows, taken in batches, each act on record."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import dramatiq
import pytest
from fix_broker import rows

from scout_workers.broker import Which
from scout_workers.broker.dead import BATCH, WINDOW

if TYPE_CHECKING:
    from scout_workers.broker import PostgresBroker

MANY = 2 * WINDOW + 2000
NEEDLES = MANY // 20

# One in twenty died of something of its own, with a number and an id in its text.
DIE = """
    INSERT INTO scout_broker.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, died_at, reason, error,
         payload)
    SELECT n, 'm' || n, 'default', 'work', 0, 2, now(), now() - interval '1 hour', 'failed',
           CASE WHEN n %% 20 = 0
                THEN 'KeyError: no bucket ' || n || E' of ' || gen_random_uuid() || E'\n' || n
                ELSE 'OSError: disk full' END,
           %s
    FROM generate_series(1, %s) n
"""
DIE_AGAIN = """
    WITH died AS (DELETE FROM scout_broker.message RETURNING *)
    INSERT INTO scout_broker.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, reason, error, payload)
    SELECT id, message_id, queue, actor, priority, 1, enqueued_at, 'failed', 'OSError: disk full',
           payload
    FROM died
"""
DEAD = "SELECT count(*) FROM scout_broker.dead_message"
READY = "SELECT count(*), count(DISTINCT message_id) FROM scout_broker.message"


def die(url: str, count: int) -> None:
    message: dramatiq.Message[Any] = dramatiq.Message("default", "work", (), {}, {"retries": 1})
    rows(url, DIE, message.encode(), count)


def test_a_cause_is_found_in_any_window_and_its_messages_taken_each_once(
    broker: PostgresBroker, broker_database: str
) -> None:
    die(broker_database, MANY)
    steps: list[int] = []
    disk, bucket = broker.dead.groups(told=steps.append)
    assert steps == [WINDOW, WINDOW, 2000]
    assert (bucket.error, bucket.messages, bucket.example) == (
        *("KeyError: no bucket N of N", NEEDLES, 20),
    )
    assert (disk.error, disk.messages) == ("OSError: disk full", MANY - NEEDLES)
    (example,) = broker.dead.find(Which(ids=[bucket.example]))
    same = Which(queue="default", actor="work", reason="failed", cause=example.cause)
    assert sum(group.messages for group in broker.dead.groups(same)) == NEEDLES

    commits: list[int] = []
    assert broker.dead.retry(same, by="ada", most=3) == 3
    retrying = [
        threading.Thread(
            target=broker.dead.retry,
            args=(same,),
            kwargs={"by": by, "told": commits.append},
            name=by,
        )
        for by in ("bob", "eve")
    ]
    for thread in retrying:
        thread.start()
    for thread in retrying:
        thread.join()
    assert sum(commits) == NEEDLES - 3
    assert max(commits) <= BATCH
    assert rows(broker_database, READY) == [(NEEDLES, NEEDLES)]
    assert rows(broker_database, DEAD) == [(MANY - NEEDLES,)]
    assert broker.dead.retry(same) == 0, "asked twice, done once"

    acts = {act.by: act for act in broker.acts.latest()}
    assert acts["ada"].details == {
        "queue": "default",
        "actor": "work",
        "reason": "failed",
        "cause": "KeyError: no bucket N of N",
        "most": 3,
    }
    assert sum(act.messages for act in acts.values()) == NEEDLES
    assert all(act.ended_at for act in acts.values())
    ((payload,),) = rows(broker_database, "SELECT payload FROM scout_broker.message LIMIT 1")
    assert dramatiq.Message.decode(bytes(payload)).options == {"revivals": 1}


@pytest.mark.parametrize("broker_url", ["direct"], indirect=True)
def test_a_retry_ends_though_what_it_retries_dies_of_the_same_at_once(
    broker: PostgresBroker, broker_database: str
) -> None:
    die(broker_database, BATCH + 10)

    def and_die_again(_: int) -> None:
        rows(broker_database, DIE_AGAIN)

    assert broker.dead.retry(Which(), told=and_die_again) == BATCH + 10
    # The control: they are dead, and asked for anew they are found.
    assert broker.dead.retry(Which(), told=and_die_again) == BATCH + 10


@pytest.mark.parametrize("broker_url", ["direct"], indirect=True)
def test_an_act_that_was_stopped_says_how_far_it_came_and_the_next_goes_on(
    broker: PostgresBroker, broker_database: str
) -> None:
    die(broker_database, BATCH + 10)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broker.dead.drop(Which(), by="ada", told=stop)
    (stopped,) = broker.acts.latest(subject="dead messages")
    assert (stopped.what, stopped.messages, stopped.ended_at) == ("dead drop", BATCH, None)
    assert rows(broker_database, DEAD) == [(10,)]
    assert broker.dead.drop(Which(), by="ada") == 10
    assert [act.messages for act in broker.acts.latest()] == [10, BATCH]
