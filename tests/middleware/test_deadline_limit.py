from __future__ import annotations

import socket
import threading
from contextlib import closing
from contextvars import ContextVar
from typing import TYPE_CHECKING

import pytest
from dramatiq import Middleware
from dramatiq.middleware import SkipMessage, TimeLimitExceeded
from fix_broker import eventually
from fix_stub_worker import Recorder

from scout_workers import deadline, phases
from scout_workers.deadline import DeadlineExceeded
from scout_workers.middleware.deadline_limit import DeadlineLimit
from scout_workers.middleware.departure import Departure
from scout_workers.middleware.limits import Limits
from scout_workers.middleware.zombies import Zombies

if TYPE_CHECKING:
    from dramatiq import Broker
    from dramatiq.broker import MessageProxy
    from fix_stub_worker import RunStubWorker


SHORT = Limits(attempt=0.1, limit=0.2, exit=30)


class SkipsEverything(Middleware):
    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:
        raise SkipMessage("not today")


def limit(limits: Limits = SHORT, *, allowed: int = 99) -> DeadlineLimit:
    return DeadlineLimit(limits=limits, zombies=Zombies(Departure(), allowed=allowed))


def busy_for_ever() -> None:
    while True:
        abs(1)


def test_an_actor_that_computes_for_ever_is_interrupted(stub_worker: RunStubWorker) -> None:
    recorder = Recorder()
    with stub_worker(recorder, limit()) as stub:
        stub.actor(busy_for_ever).send()
        stub.join()
        assert stub.dead_threads() == []
    assert [type(exception) for exception in recorder.exceptions] == [TimeLimitExceeded]


def test_an_actor_that_swallows_its_interruption_is_interrupted_again(
    stub_worker: RunStubWorker,
) -> None:
    swallowed: list[BaseException] = []

    def stubborn() -> None:
        try:
            busy_for_ever()
        except TimeLimitExceeded as struck:
            swallowed.append(struck)
        busy_for_ever()

    recorder = Recorder()
    with stub_worker(recorder, limit(Limits(attempt=0.1, limit=0.2, exit=3.2))) as stub:
        stub.actor(stubborn).send()
        stub.join()
    assert len(swallowed) == 1
    assert [type(exception) for exception in recorder.exceptions] == [TimeLimitExceeded]


def test_a_blocked_call_is_cut_off_before_the_thread_is_interrupted(
    stub_worker: RunStubWorker,
) -> None:
    recorder = Recorder()
    ours, silent = socket.socketpair()

    def wait_for_a_silent_server() -> None:
        budget = deadline.current()
        assert budget is not None
        with budget.register(lambda: ours.shutdown(socket.SHUT_RDWR)):
            ours.recv(1)

    with closing(ours), closing(silent), stub_worker(recorder, limit()) as stub:
        stub.actor(wait_for_a_silent_server).send()
        stub.join()
    assert [type(exception) for exception in recorder.exceptions] == [DeadlineExceeded]


def test_only_the_actor_works_under_the_deadline_and_not_what_follows_it(
    stub_worker: RunStubWorker,
) -> None:
    recorder = Recorder()
    seen: list[float] = []

    def note_the_time_left() -> None:
        seen.append(deadline.clip(600))

    with stub_worker(recorder, limit(Limits())) as stub:
        actor = stub.actor(note_the_time_left)
        actor.send()
        actor.send_with_options(time_limit=30_000)
        stub.join()
        stub.actor(note_the_time_left, actor_name="patient", time_limit=float("inf")).send()
        stub.join()
    assert sorted(round(each) for each in seen) == [28, 140, 600]
    assert recorder.deadlines == [None, None, None]


def test_a_message_with_no_limit_of_its_own_has_its_actors(stub_worker: RunStubWorker) -> None:
    recorder = Recorder()
    with stub_worker(recorder, limit(Limits())) as stub:
        actor = stub.actor(busy_for_ever, time_limit=100)
        actor.send_with_options(time_limit=None)
        actor.send_with_options(time_limit=0)
        actor.send_with_options(time_limit=50)
        stub.join()
    assert [type(exception) for exception in recorder.exceptions] == [TimeLimitExceeded] * 3


def test_an_actor_without_any_time_fails_at_once(stub_worker: RunStubWorker) -> None:
    recorder = Recorder()
    with stub_worker(recorder, limit(Limits())) as stub:
        stub.actor(busy_for_ever, time_limit=0).send()
        stub.join()
    assert [type(exception) for exception in recorder.exceptions] == [TimeLimitExceeded]


def test_a_limit_that_is_no_number_fails_its_message_and_not_the_limit(
    stub_worker: RunStubWorker,
) -> None:
    recorder, ran = Recorder(), threading.Event()
    with stub_worker(recorder, limit()) as stub:
        stub.actor(ran.set, actor_name="misconfigured", time_limit="soon").send()
        stub.join()
        assert stub.dead_threads() == []
    assert [type(exception) for exception in recorder.exceptions] == [TypeError]
    assert not ran.is_set(), "it would have run without any limit"


def test_an_actor_called_as_a_function_is_not_limited(stub_worker: RunStubWorker) -> None:
    with stub_worker(limit()) as stub:
        actor = stub.actor(deadline.current, actor_name="plain")
        assert actor() is None


def test_an_actor_that_another_one_calls_works_under_the_callers_deadline(
    stub_worker: RunStubWorker,
) -> None:
    seen: list[bool] = []
    with stub_worker(limit()) as stub:
        inner = stub.actor(deadline.current, actor_name="inner", time_limit=600_000)

        def outer() -> None:
            seen.append(inner() is deadline.current())

        stub.actor(outer).send()
        stub.join()
    assert seen == [True]


def test_what_an_interrupted_actor_left_in_its_context_does_not_reach_the_next_message(
    stub_worker: RunStubWorker,
) -> None:
    left_behind: ContextVar[str] = ContextVar("left_behind", default="clean")
    seen: list[str] = []

    def torn_apart() -> None:
        left_behind.set("dirty")
        phases.holding_transaction().__enter__()  # as if struck just before its __exit__
        busy_for_ever()

    def next_message() -> None:
        phases.outside_transaction("a model call")
        seen.append(left_behind.get())

    recorder = Recorder()
    with stub_worker(recorder, limit(), threads=1) as stub:
        stub.actor(torn_apart).send()
        stub.join()
        stub.actor(next_message).send()
        stub.join()
    assert [type(exception) for exception in recorder.exceptions] == [TimeLimitExceeded, type(None)]
    assert seen == ["clean"]


def test_a_skipped_message_leaves_nothing_armed(stub_worker: RunStubWorker) -> None:
    armed_before = len(deadline.watchdog._alarms)
    with stub_worker(limit(Limits()), SkipsEverything()) as stub:
        stub.actor(busy_for_ever).send()
        stub.join()
        assert len(deadline.watchdog._alarms) == armed_before


def test_a_stuck_thread_is_counted_with_its_stack_and_uncounted_when_it_comes_back(
    stub_worker: RunStubWorker, caplog: pytest.LogCaptureFixture
) -> None:
    limits = Limits(attempt=0.05, limit=0.1, exit=0.2)
    deadline_limit, come_back = limit(limits), threading.Lock()
    zombies = deadline_limit.zombies
    come_back.acquire()

    def a_call_that_nothing_frees() -> None:
        come_back.acquire()

    recorder = Recorder()
    with stub_worker(recorder, deadline_limit, threads=2) as stub:
        stub.actor(a_call_that_nothing_frees).send()
        eventually(lambda: "come_back.acquire()" in caplog.text)
        stuck = caplog.text
        assert len(zombies) == 1
        healthy = threading.Event()
        stub.actor(healthy.set, actor_name="healthy").send()
        assert healthy.wait(5), "the other thread must go on"
        come_back.release()
        eventually(lambda: len(zombies) == 0)
        stub.join()
        assert stub.dead_threads() == []
    assert "a_call_that_nothing_frees" in stuck
    assert "came back" in caplog.text
    assert TimeLimitExceeded in [type(exception) for exception in recorder.exceptions]


def test_a_shutdown_waits_for_the_healthy_threads_and_leaves_the_stuck_ones_behind(
    stub_worker: RunStubWorker,
) -> None:
    deadline_limit = limit(Limits(attempt=0.05, limit=0.1, exit=0.2))
    come_back = threading.Lock()
    come_back.acquire()
    with stub_worker(deadline_limit, threads=2) as stub:
        stub.actor(come_back.acquire, actor_name="stuck").send()
        eventually(lambda: len(deadline_limit.zombies) == 1)
        stub.worker.stop(timeout=60_000)  # without them left behind this takes its whole minute
        assert len(stub.worker.workers) == 1
        come_back.release()
        eventually(lambda: len(deadline_limit.zombies) == 0)


def test_limits_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="limits must be"):
        Limits(attempt=150, limit=140, exit=180)


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (None, Limits(140, 150, 180)),
        (300_000, Limits(290, 300, 330)),
        (15_000, Limits(14, 15, 45)),
        (0, Limits(0, 0, 30)),
    ],
)
def test_an_own_time_limit_keeps_the_distance_between_the_three(
    milliseconds: float | None, expected: Limits
) -> None:
    assert Limits().for_time_limit(milliseconds) == expected
