"""Within one process nothing waits for a poll: whoever writes a message wakes the claimer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dramatiq
from dramatiq.errors import Retry
from fix_broker import eventually, rows, working

from scout_workers.broker import EngineOptions, Polling, Pulse

if TYPE_CHECKING:
    from fix_broker import MakeBroker

    from scout_workers.broker import PostgresBroker

# A poll that no test lives to see.
NEVER = EngineOptions(
    polling=Polling(interval=1000, longest=1000), pulse=Pulse(interval=0.1, dead_after=60)
)
SOON_MS = 20_000


def chain(broker: PostgresBroker, *messages: dramatiq.Message[Any]) -> None:
    dramatiq.pipeline(messages, broker=broker).run()  # type: ignore[no-untyped-call]  # Dramatiq


def test_a_worker_claims_what_waits_for_it_as_soon_as_it_is_registered(
    make_broker: MakeBroker,
) -> None:
    broker = make_broker(options=NEVER)

    @dramatiq.actor(broker=broker)
    def work() -> None: ...

    work.send()
    with working(broker):
        broker.join("default", timeout=SOON_MS)


def test_a_retry_is_claimed_when_it_is_due_and_not_at_the_next_poll(
    make_broker: MakeBroker,
) -> None:
    broker = make_broker(options=NEVER)
    tries: list[int] = []

    @dramatiq.actor(broker=broker, max_retries=3)
    def fail() -> None:
        tries.append(1)
        raise Retry(delay=100 if len(tries) == 1 else 0)

    fail.send()
    with working(broker):
        broker.join("default", timeout=SOON_MS)
    assert len(tries) == 4


def test_each_step_of_a_pipeline_is_claimed_with_the_commit_of_the_one_before(
    make_broker: MakeBroker,
) -> None:
    broker = make_broker(options=NEVER)
    seen: list[int] = []

    @dramatiq.actor(broker=broker)
    def add(one: int, two: int = 0) -> int:
        seen.append(one + two)
        return one + two

    chain(broker, add.message(1, 2), add.message(3), add.message(4))
    with working(broker):
        broker.join("default", timeout=SOON_MS)
    assert seen == [3, 6, 10]


def test_the_control_with_the_signal_off_leaves_a_follow_up_to_the_next_poll(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(options=NEVER, signal=False)
    seen: list[int] = []

    @dramatiq.actor(broker=broker)
    def add(one: int, two: int = 0) -> int:
        seen.append(one + two)
        return one + two

    def ready() -> bool:
        return rows(broker_database, "SELECT state FROM scout_broker.message") == [("ready",)]

    def beats_since(moment: object) -> bool:
        (beaten,) = rows(
            broker_database,
            "SELECT heartbeat_at > %s + interval '500 ms' FROM scout_broker.worker",
            moment,
        )
        return bool(beaten[0])

    chain(broker, add.message(1, 2), add.message(3))
    with working(broker):
        # The first is ready too, until it is claimed.
        eventually(lambda: seen == [3] and ready())
        ((moment,),) = rows(broker_database, "SELECT now()")
        eventually(lambda: beats_since(moment))
        assert ready()
        assert seen == [3]
