"""Kinds of actors: classes, coroutines, those with a limit of time or of company."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

import dramatiq
import dramatiq.rate_limits
import pytest
from dramatiq.errors import RateLimitExceeded
from dramatiq.middleware import CurrentMessage, TimeLimit, TimeLimitExceeded
from fix_broker import usual_middleware

from scout_workers.middleware.deadline_limit import DeadlineLimit
from scout_workers.middleware.departure import Departure
from scout_workers.middleware.limits import Limits
from scout_workers.middleware.zombies import Zombies

if TYPE_CHECKING:
    from fix_conformance import MakeStage, Stage

LONG = 60.0
HOUR_MS = 3_600_000

# Dramatiq types none of these.
Concurrent = cast("Any", dramatiq.rate_limits.ConcurrentRateLimiter)
Bucket = cast("Any", dramatiq.rate_limits.BucketRateLimiter)
Window = cast("Any", dramatiq.rate_limits.WindowRateLimiter)
Barrier = cast("Any", dramatiq.rate_limits.Barrier)


async def a_turn_of_the_loop() -> None:
    turned = asyncio.Event()
    asyncio.get_running_loop().call_soon(turned.set)
    await turned.wait()


@pytest.fixture(params=["stock", "ours"])
def limited(request: pytest.FixtureRequest, make_stage: MakeStage) -> Stage:
    """A stage with a limit of time: Dramatiq's, and the one that takes its place in our stack."""
    stock = TimeLimit(time_limit=LONG * 1000, interval=50)
    zombies = Zombies(Departure(), allowed=99)
    ours = DeadlineLimit(limits=Limits(LONG, LONG, 2 * LONG), zombies=zombies)
    limit: dramatiq.Middleware = stock if request.param == "stock" else ours
    return make_stage([*usual_middleware(), limit])


def test_an_actor_may_be_a_class(stage: Stage) -> None:
    greeted: list[str] = []

    class Greet(dramatiq.GenericActor):
        class Meta:
            abstract = True
            queue_name = "greetings"
            max_retries = 0

        greeting = ""

        def perform(self, name: str) -> None:
            greeted.append(f"{self.greeting}, {name}")

    class Welcome(Greet):
        greeting = "Welcome"

    class Dismiss(Greet):
        greeting = "Good night"

    for actor in (cast("Any", Welcome), cast("Any", Dismiss)):
        actor.send("Ada")
    stage.run("greetings")
    assert sorted(greeted) == ["Good night, Ada", "Welcome, Ada"]


def test_an_actor_may_be_a_coroutine_among_others_that_are_not(stage: Stage) -> None:
    stage.run_coroutines()
    stage.keep_results()

    @dramatiq.actor
    async def add(one: int, two: int) -> int:
        await a_turn_of_the_loop()
        return one + two

    @dramatiq.actor
    def multiply(one: int, two: int) -> int:
        return one * two

    one, two = add.send(3, 4), multiply.send(3, 4)
    stage.run()
    assert (one.get_result(), two.get_result()) == (7, 12)


def test_coroutines_of_several_messages_run_at_once(stage: Stage) -> None:
    stage.run_coroutines()
    meet = asyncio.Barrier(4)

    @dramatiq.actor(max_retries=0)
    async def work() -> None:
        async with asyncio.timeout(20):
            await meet.wait()

    for _ in range(4):
        work.send()
    stage.run(threads=4)
    assert stage.dead() == []


def test_a_coroutine_that_fails_is_retried_and_knows_its_message(stage: Stage) -> None:
    stage.run_coroutines()
    seen: list[int] = []

    @dramatiq.actor(max_retries=2)
    async def fail() -> None:
        await a_turn_of_the_loop()
        message = CurrentMessage.get_current_message()
        assert message is not None
        seen.append(message.options.get("retries", 0))
        raise RuntimeError("no luck")

    sent = fail.send()
    stage.run()
    assert seen == [0, 1, 2]
    assert stage.dead() == [("fail", sent.message_id)]


@pytest.mark.parametrize("says", ["actor", "message"])
def test_an_actor_that_takes_too_long_is_interrupted_and_has_failed(
    limited: Stage, says: str
) -> None:
    forever = threading.Event()
    ended: list[str] = []

    def work() -> None:
        try:
            while not forever.wait(0.01):
                pass
        except TimeLimitExceeded:
            ended.append("interrupted")
            raise

    limit, none = {"time_limit": 150}, dict[str, Any]()
    of_actor, of_message = (limit, none) if says == "actor" else (none, limit)
    actor = dramatiq.actor(max_retries=1, **of_actor)(work)
    sent = actor.send_with_options(**of_message)
    limited.run()
    assert ended == ["interrupted"] * 2
    assert limited.dead() == [("work", sent.message_id)]


def test_the_limit_of_one_message_strikes_no_other(limited: Stage) -> None:
    forever, over = threading.Event(), threading.Event()
    ended: list[str] = []

    @dramatiq.actor(max_retries=0, time_limit=150)
    def too_long() -> None:
        try:
            while not forever.wait(0.01):
                pass
        finally:
            over.set()

    @dramatiq.actor(max_retries=0)
    def patient() -> None:
        assert over.wait(20)
        ended.append("patient")

    patient.send()
    too_long.send()
    patient.send()
    limited.run(threads=3)
    assert ended == ["patient"] * 2
    assert [actor for actor, _ in limited.dead()] == ["too_long"]


def test_a_mutex_lets_one_message_through_at_a_time_and_all_in_the_end(stage: Stage) -> None:
    mutex = Concurrent(stage.limits, "mutex", limit=1, ttl=60_000)
    inside: list[int] = []
    most: list[int] = []

    @dramatiq.actor(max_retries=None, min_backoff=1, max_backoff=20)
    def work(number: int) -> None:
        with mutex.acquire():
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    for number in range(12):
        work.send(number)
    stage.run(threads=6)
    assert most == [1] * 12


def test_a_limiter_lets_so_many_through_and_no_more(stage: Stage) -> None:
    limiters = [
        Concurrent(stage.limits, "concurrent", limit=3, ttl=HOUR_MS),
        Bucket(stage.limits, "bucket", limit=3, bucket=24 * HOUR_MS),
        Window(stage.limits, "window", limit=3, window=3600),
    ]
    for limiter in limiters:
        with ExitStack() as held:
            let_through = [
                held.enter_context(limiter.acquire(raise_on_failure=False)) for _ in range(5)
            ]
        assert let_through == [True, True, True, False, False]
    with pytest.raises(RateLimitExceeded):
        limiters[-1].acquire().__enter__()


def test_a_barrier_is_open_to_the_last_who_comes(stage: Stage) -> None:
    barrier = Barrier(stage.limits, "gate", ttl=60_000)
    assert barrier.create(parties=3)
    assert not barrier.create(parties=5)
    assert [barrier.wait(block=False) for _ in range(3)] == [False, False, True]
