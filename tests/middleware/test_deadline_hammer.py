"""No worker thread dies of a limit, however often it strikes; under the stock one they all do."""

from __future__ import annotations

import threading
from random import Random
from typing import TYPE_CHECKING

import pytest
from dramatiq import Middleware
from dramatiq.middleware import TimeLimit, TimeLimitExceeded
from fix_broker import eventually
from fix_stub_worker import Recorder

from scout_workers.middleware.deadline_limit import DeadlineLimit
from scout_workers.middleware.departure import Departure
from scout_workers.middleware.limits import Limits
from scout_workers.middleware.zombies import Zombies

if TYPE_CHECKING:
    from collections.abc import Callable

    from dramatiq import Broker
    from dramatiq.broker import MessageProxy
    from fix_stub_worker import RunStubWorker

THREADS = 16
LIMIT_MS = 10


class SlowPostProcessing(Middleware):
    """Takes its time after each message, as storing a result or logging over a pipe does."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def after_process_message(
        self,
        broker: Broker,
        message: MessageProxy,
        *,
        result: object = None,
        exception: BaseException | None = None,
    ) -> None:
        threading.Event().wait(self.seconds)


def works_about_as_long_as_it_may() -> Callable[[], None]:
    random, never = Random(7), threading.Event()

    def work() -> None:
        never.wait(random.uniform(0.3, 1.3) * LIMIT_MS / 1000)
        if random.random() < 0.5:
            raise ValueError("and then fails")

    return work


# Now and then one strikes in a weak reference's callback, where the interpreter swallows it: that
# is why an interruption is repeated. Here its message is over before the second strike.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("innermost", [True, False])
def test_thousands_of_limits_strike_and_no_thread_dies(
    stub_worker: RunStubWorker, *, innermost: bool
) -> None:
    seconds = LIMIT_MS / 1000
    limits = Limits(attempt=seconds * 0.9, limit=seconds, exit=60)
    limit = DeadlineLimit(limits=limits, zombies=Zombies(Departure(), allowed=0))
    recorder, slow = Recorder(), SlowPostProcessing(seconds / 2)
    stack = [slow, limit] if innermost else [limit, slow]
    with stub_worker(recorder, *stack, threads=THREADS) as stub:
        actor = stub.actor(works_about_as_long_as_it_may(), actor_name="work")
        for _ in range(3000):
            actor.send()
        stub.join(90)
        assert stub.dead_threads() == []
    assert len(recorder.exceptions) == 3000, "each message is post-processed once"
    struck = sum(isinstance(exception, TimeLimitExceeded) for exception in recorder.exceptions)
    assert struck > 100, "too few limits struck to prove anything"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_stock_limit_kills_its_threads_and_loses_their_messages(
    stub_worker: RunStubWorker,
) -> None:
    recorder = Recorder()
    stock = TimeLimit(time_limit=LIMIT_MS, interval=1)
    slow = SlowPostProcessing(10 * LIMIT_MS / 1000)
    with stub_worker(recorder, stock, slow, threads=THREADS) as stub:

        def fail() -> None:
            raise ValueError("at once")

        actor = stub.actor(fail)
        for _ in range(THREADS):
            actor.send()
        eventually(lambda: len(stub.dead_threads()) == THREADS)
    assert recorder.exceptions == [], "acknowledged, and nobody was told of the failures"
