"""Groups, pipelines and async actors, with nothing but Postgres behind them."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import dramatiq
import pytest
from dramatiq.middleware import AsyncIO, CurrentMessage, GroupCallbacks, Interrupt, Middleware
from dramatiq.rate_limits import Barrier
from dramatiq.results import ResultTimeout
from fix_broker import eventually, keeping_results, rows, usual_middleware, working

from scout_workers.broker import (
    ClaimedMessage,
    PostgresBroker,
    PostgresRateLimits,
    PostgresResults,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fix_broker import MakeBroker

Sent = dramatiq.Message[Any]


@pytest.fixture
def composing(make_broker: MakeBroker) -> PostgresBroker:
    """A broker with everything Dramatiq composes messages with."""
    return make_broker(
        middleware=[
            *usual_middleware(),
            keeping_results(PostgresResults()),
            GroupCallbacks(PostgresRateLimits()),
            AsyncIO(),
        ]
    )


def group(
    members: Iterable[Sent | dramatiq.pipeline], broker: PostgresBroker, *callbacks: Sent
) -> dramatiq.group:
    made = dramatiq.group(members, broker=broker)  # type: ignore[no-untyped-call]  # Dramatiq
    for callback in callbacks:
        made.add_completion_callback(callback)  # type: ignore[no-untyped-call]  # Dramatiq
    return made


def start(composed: dramatiq.group | dramatiq.pipeline) -> None:
    composed.run()  # type: ignore[no-untyped-call]  # Dramatiq


async def another_turn_of_the_loop() -> None:
    turned = asyncio.Event()
    asyncio.get_running_loop().call_soon(turned.set)
    await turned.wait()


def outcomes(composed: dramatiq.group | dramatiq.pipeline) -> list[object]:
    return list(composed.get_results(block=True))  # type: ignore[no-untyped-call]  # Dramatiq


def test_a_groups_results_are_waited_for_in_its_order(composing: PostgresBroker) -> None:
    @dramatiq.actor(broker=composing)
    def double(number: int) -> int:
        return number * 2

    members = group([double.message(number) for number in range(20)], composing)
    start(members)
    assert members.completed_count == 0
    with working(composing):
        members.wait(timeout=10_000)  # type: ignore[no-untyped-call]  # Dramatiq
    assert members.completed
    assert outcomes(members) == [number * 2 for number in range(20)]


def test_a_group_is_waited_for_no_longer_than_said(composing: PostgresBroker) -> None:
    @dramatiq.actor(broker=composing)
    def never() -> None:
        raise AssertionError("nobody works here")

    members = group([never.message(), never.message()], composing)
    start(members)
    with pytest.raises(ResultTimeout):
        members.wait(timeout=200)  # type: ignore[no-untyped-call]  # Dramatiq


def test_a_pipeline_passes_results_on_and_keeps_each(composing: PostgresBroker) -> None:
    @dramatiq.actor(broker=composing)
    def add(one: int, two: int) -> int:
        return one + two

    steps = add.message(1, 2) | add.message_with_options(args=(3,))
    steps = steps | add.message_with_options(args=(4,))
    start(steps)
    with working(composing):
        last: object = steps.get_result(block=True)
        assert last == 10
    assert outcomes(steps) == [3, 6, 10]
    assert steps.completed


def test_the_completion_callback_runs_once_and_finds_every_members_result(
    make_broker: MakeBroker,
) -> None:
    # Two processes' worth: what one settles the other must see before the callback is there.
    brokers = [
        make_broker(
            middleware=[
                *usual_middleware(),
                keeping_results(PostgresResults()),
                GroupCallbacks(PostgresRateLimits()),
            ]
        )
        for _ in range(2)
    ]
    seen: list[list[int]] = []
    sent: list[Sent] = []

    def double(number: int) -> int:
        return number * 2

    def gather() -> None:
        backend = PostgresResults(brokers[0])
        # Not waited for: each is there, or this raises.
        seen.append([backend.get_result(message) for message in sent])

    for broker in brokers:
        doubling = dramatiq.actor(broker=broker)(double)
        gathering = dramatiq.actor(broker=broker, max_retries=0)(gather)
    for size in (1, 2, 50, 300):
        sent[:] = [doubling.message(number) for number in range(size)]
        members = group(sent, brokers[0], gathering.message())
        with working(brokers[0]), working(brokers[1]):
            start(members)
            eventually(lambda: seen)
            brokers[0].join("default", timeout=20_000)
        assert seen == [[number * 2 for number in range(size)]]
        seen.clear()


def test_several_callbacks_and_a_pipeline_as_a_member(composing: PostgresBroker) -> None:
    done: list[str] = []
    lock = threading.Lock()

    @dramatiq.actor(broker=composing)
    def step(name: str, _before: object = None) -> str:
        with lock:
            done.append(name)
        return name

    @dramatiq.actor(broker=composing)
    def finished(name: str) -> None:
        with lock:
            done.append(name)

    walk = step.message("a") | step.message_with_options(args=("b",))
    members = group(
        [walk, step.message("c")], composing, finished.message("first"), finished.message("second")
    )
    start(members)
    with working(composing):
        composing.join("default", timeout=10_000)
    assert sorted(done[:3]) == ["a", "b", "c"]
    assert sorted(done[3:]) == ["first", "second"]


def test_a_member_that_is_retried_counts_once_and_only_when_it_succeeds(
    composing: PostgresBroker,
) -> None:
    tries: list[int] = []
    done: list[int] = []

    @dramatiq.actor(broker=composing)
    def unsteady(number: int) -> None:
        tries.append(number)
        if tries.count(number) < 3:
            raise RuntimeError("not yet")

    @dramatiq.actor(broker=composing)
    def finished() -> None:
        done.append(len(tries))

    members = group(
        [unsteady.message(number) for number in range(4)], composing, finished.message()
    )
    start(members)
    with working(composing):
        composing.join("default", timeout=10_000)
    assert done == [12]


def test_a_group_with_a_dead_member_is_not_complete_until_it_is_retried(
    composing: PostgresBroker, broker_database: str
) -> None:
    broken, done = [True], []

    @dramatiq.actor(broker=composing, max_retries=0)
    def work(number: int) -> None:
        if number == 0 and broken:
            raise RuntimeError("broken")

    @dramatiq.actor(broker=composing)
    def finished() -> None:
        done.append("all")

    members = group([work.message(number) for number in range(3)], composing, finished.message())
    start(members)
    with working(composing):
        composing.join("default", timeout=10_000)
        assert done == []
        broken.clear()
        ((payload,),) = rows(broker_database, "SELECT payload FROM scout_broker.dead_message")
        composing.enqueue(dramatiq.Message.decode(payload))
        eventually(lambda: done)
        composing.join("default", timeout=10_000)
    assert done == ["all"]


def test_hooks_that_were_interrupted_leave_nothing_of_the_end_they_spoke_of(
    make_broker: MakeBroker, broker_database: str
) -> None:
    class InterruptedOnce(Middleware):
        def __init__(self) -> None:
            self.left = 1

        def after_process_message(
            self, broker: dramatiq.Broker, message: dramatiq.MessageProxy, **_: object
        ) -> None:
            del broker, message
            self.left -= 1
            if self.left == 0:
                raise Interrupt("a time limit, while the others' hooks had run")

    # Listed first, its hook is called last.
    broker = make_broker(
        middleware=[
            InterruptedOnce(),
            *usual_middleware(),
            keeping_results(PostgresResults()),
            GroupCallbacks(PostgresRateLimits()),
        ]
    )
    done: list[str] = []
    written: list[object] = []

    @dramatiq.actor(broker=broker)
    def work() -> str:
        done.append("work")
        written.extend(rows(broker_database, "SELECT party FROM scout_broker.barrier_party"))
        written.extend(rows(broker_database, "SELECT payload FROM scout_broker.result"))
        return "result"

    @dramatiq.actor(broker=broker)
    def note(what: str) -> None:
        done.append(what)

    member = work.message_with_options(pipe_target=note.message_with_options().asdict())
    start(group([member], broker, note.message("all")))
    with working(broker, threads=1):
        broker.join("default", timeout=10_000)
    assert sorted(done) == ["all", "result", "work", "work"]
    assert written == []


def test_the_same_message_twice_is_one_party(composing: PostgresBroker) -> None:
    done: list[str] = []

    @dramatiq.actor(broker=composing)
    def work() -> None:
        done.append("member")

    @dramatiq.actor(broker=composing)
    def finished() -> None:
        done.append("all")

    completion = finished.message().asdict()
    options = {"group_completion_uuid": "g", "group_completion_callbacks": [completion]}
    Barrier(PostgresRateLimits(composing), "g", ttl=60_000).create(2)  # type: ignore[no-untyped-call]  # Dramatiq
    one, other = (work.message().copy(options=options) for _ in range(2))
    with working(composing):
        for message in (one, one, one):
            composing.enqueue(message)
        composing.join("default", timeout=10_000)
        assert done == ["member"] * 3
        composing.enqueue(other)
        eventually(lambda: "all" in done)
        composing.enqueue(other)
        composing.join("default", timeout=10_000)
    assert done.count("all") == 1


def test_a_member_that_acknowledges_in_its_own_transaction_loses_nothing_that_follows(
    composing: PostgresBroker,
) -> None:
    done: list[str] = []

    @dramatiq.actor(broker=composing)
    def work() -> str:
        message: object = CurrentMessage.get_current_message()
        assert isinstance(message, ClaimedMessage)
        with composing.pool.connection() as connection, connection.transaction():
            composing.ack_in(connection, message)
        return "done"

    @dramatiq.actor(broker=composing)
    def note(what: str) -> None:
        done.append(what)

    members = group([work.message() | note.message_with_options(), work.message()], composing)
    alone = group([work.message()], composing, note.message("all"))
    with working(composing):
        start(members)
        start(alone)
        assert outcomes(alone) == ["done"]
        eventually(lambda: sorted(done) == ["all", "done"])
        composing.join("default", timeout=10_000)


def test_a_group_whose_barrier_has_expired_still_calls_back_once(
    composing: PostgresBroker, broker_database: str
) -> None:
    done: list[str] = []

    @dramatiq.actor(broker=composing)
    def work() -> None:
        pass

    @dramatiq.actor(broker=composing)
    def finished() -> None:
        done.append("all")

    members = group([work.message() for _ in range(5)], composing, finished.message())
    start(members)
    rows(broker_database, "UPDATE scout_broker.rate_limit SET expires_at = now()")
    with working(composing):
        composing.join("default", timeout=10_000)
    assert done == ["all"]


def test_async_actors_have_results_pipelines_and_groups(composing: PostgresBroker) -> None:
    done: list[str] = []

    @dramatiq.actor(broker=composing)
    async def add(one: int, two: int) -> int:
        await another_turn_of_the_loop()
        return one + two

    @dramatiq.actor(broker=composing)
    async def finished() -> None:
        await another_turn_of_the_loop()
        done.append("all")

    steps = add.message(1, 2) | add.message_with_options(args=(3,))
    members = group([steps, add.message(4, 5)], composing, finished.message())
    start(members)
    with working(composing):
        assert outcomes(members) == [6, 9]
        composing.join("default", timeout=10_000)
    assert done == ["all"]
