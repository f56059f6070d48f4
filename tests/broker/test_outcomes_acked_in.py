"""What follows from a message its actor acknowledged in its own transaction happens once.

There is no row left to fence it, so its guard is a note, as an enqueue's is; the control takes the
note away and sees the work done twice.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TYPE_CHECKING

import dramatiq
import psycopg
import pytest
from dramatiq.middleware import CurrentMessage, GroupCallbacks
from fix_broker import eventually, keeping_results, rows, working

from scout_workers.broker import (
    ClaimedMessage,
    EngineOptions,
    PostgresRateLimits,
    PostgresResults,
    Pulse,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from fix_broker import MakeBroker
    from fix_proxy import MakeCable

    from scout_workers.broker import PostgresBroker

Actor = dramatiq.Actor[..., object]

WAITING = "SELECT count(*) FROM scout_broker.message"
RESULTS = "SELECT count(*) FROM scout_broker.result"
NOTES = "SELECT count(*) FROM scout_broker.enqueued"
FORGET = "DELETE FROM scout_broker.enqueued"
# A worker that is thought dead while it is cut off gives up its outcomes.
PATIENT = EngineOptions(pulse=Pulse(interval=0.5, dead_after=60.0))


def noting(broker: PostgresBroker, name: str, done: list[str]) -> Actor:
    """Declare an actor that notes that it ran."""
    return dramatiq.actor(broker=broker, actor_name=name)(lambda *_: done.append(name))


def acknowledging(
    broker: PostgresBroker, url: str, then: Callable[[], object], *, rolled_back: bool = False
) -> Actor:
    """Declare an actor that acknowledges in a transaction of its own, then does something."""

    def finish() -> str:
        message: object = CurrentMessage.get_current_message()
        assert isinstance(message, ClaimedMessage)
        with (
            psycopg.connect(url, autocommit=True) as connection,
            connection.transaction(force_rollback=rolled_back),
        ):
            broker.ack_in(connection, message)
        then()
        return "done"

    return dramatiq.actor(broker=broker)(finish)


@pytest.mark.parametrize("times", [1, 2], ids=["noted", "control"])
@pytest.mark.parametrize("rolled_back", [False, True], ids=["committed", "rolled_back"])
def test_what_was_done_before_the_settlement_was_repeated_is_not_done_again(
    make_broker: MakeBroker,
    make_cable: MakeCable,
    broker_url: str,
    broker_database: str,
    *,
    rolled_back: bool,
    times: int,
) -> None:
    cable = make_cable(broker_url)
    done: list[str] = []
    lost: SimpleQueue[threading.Event] = SimpleQueue()
    broker, other = make_broker(cable.url, options=PATIENT), make_broker()
    broker.add_middleware(GroupCallbacks(PostgresRateLimits(broker)))
    broker.add_middleware(keeping_results(PostgresResults(broker)))
    for each in (broker, other):
        noting(each, "follow", done)
        noting(each, "complete", done)
    finish = acknowledging(
        broker,
        broker_database,
        lambda: lost.put(cable.lose_reply_to(b"COMMIT")),
        rolled_back=rolled_back,
    )
    group = dramatiq.group([finish.message_with_options(on_success="follow")], broker=broker)  # type: ignore[no-untyped-call]  # Dramatiq
    group.add_completion_callback(broker.get_actor("complete").message())  # type: ignore[no-untyped-call]  # Dramatiq
    with ExitStack() as stack:
        with working(broker):
            group.run()  # type: ignore[no-untyped-call]  # Dramatiq
            assert lost.get(timeout=10).wait(10)
            cable.refuse()
            stack.enter_context(working(other))
            eventually(lambda: len(done) == 2 and rows(broker_database, WAITING) == [(0,)])
            if times == 2:
                rows(broker_database, FORGET)
            cable.mend()
        other.join("default", timeout=10_000)
    # A message is one party of its group, and has one result, however often that is written.
    assert Counter(done) == {"follow": times, "complete": 1}
    assert rows(broker_database, RESULTS) == [(1,)]


@pytest.mark.parametrize(("acks", "follows", "notes"), [(1, 1, 1), (1, 0, 0), (0, 1, 0)])
def test_only_what_follows_from_an_acknowledgement_of_the_actors_leaves_a_note(
    broker: PostgresBroker, broker_database: str, acks: int, follows: int, notes: int
) -> None:
    def forget() -> None:
        rows(broker_database, FORGET)  # the note of its own enqueue

    done: list[str] = []
    follow = noting(broker, "follow", done)
    finish = (
        acknowledging(broker, broker_database, forget)
        if acks
        else dramatiq.actor(broker=broker, actor_name="finish")(forget)
    )
    finish.send_with_options(on_success=follow if follows else None)
    with working(broker):
        eventually(lambda: len(done) == follows)
        broker.join("default", timeout=10_000)
    assert len(done) == follows
    assert rows(broker_database, NOTES) == [(notes,)]
