"""Dead messages are evidence: they can be read, grouped, given another life, or dropped by name."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import dramatiq
from fix_broker import rows, working

from scout_workers.broker import Which

if TYPE_CHECKING:
    from scout_workers.broker import PostgresBroker


def die(broker: PostgresBroker, count: int, *, mended: threading.Event) -> list[int]:
    """Let messages die of errors that differ in a number; return which ran since `mended`."""
    ran: list[int] = []

    @dramatiq.actor(broker=broker, max_retries=1)
    def work(number: int) -> None:
        if not mended.is_set():
            raise RuntimeError(f"no bucket number {number}")
        ran.append(number)

    broker.enqueue_many(work.message(number) for number in range(count))
    with working(broker):
        broker.join("default", timeout=10_000)
    return ran


def test_what_died_of_the_same_is_one_group(broker: PostgresBroker) -> None:
    die(broker, 7, mended=threading.Event())
    (group,) = broker.dead.groups()
    assert (group.actor, group.reason, group.error, group.messages) == (
        "work",
        "failed",
        "RuntimeError: no bucket number N",
        7,
    )
    (example,) = broker.dead.find(Which(ids=[group.example]))
    assert example.attempt == 2


def test_retried_messages_begin_a_new_life_and_are_dead_no_more(broker: PostgresBroker) -> None:
    mended = threading.Event()
    ran = die(broker, 5, mended=mended)
    mended.set()
    assert broker.dead.retry(Which(actor="work", error="NO BUCKET")) == 5
    assert broker.dead.find() == []
    with working(broker):
        broker.join("default", timeout=10_000)
    assert sorted(ran) == [0, 1, 2, 3, 4]


def test_a_retried_message_has_all_its_retries_again(
    broker: PostgresBroker, broker_database: str
) -> None:
    die(broker, 1, mended=threading.Event())
    broker.dead.retry(Which())
    ((payload,),) = rows(broker_database, "SELECT payload FROM scout_broker.message")
    options = dramatiq.Message.decode(bytes(payload)).options
    assert not options.keys() & {"retries", "traceback"}


def test_only_what_was_named_is_dropped(broker: PostgresBroker) -> None:
    die(broker, 3, mended=threading.Event())
    dead = broker.dead.find()
    assert broker.dead.drop(Which(ids=[dead[0].id])) == 1
    assert [message.id for message in broker.dead.find()] == [dead[1].id, dead[2].id]
    assert broker.dead.drop(Which(queue="elsewhere")) == 0
