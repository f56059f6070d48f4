from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

import pytest
from fix_clock import HandClock

from scout_workers import deadline
from scout_workers.deadline import Deadline, DeadlineExceeded, Watchdog
from scout_workers.domain.errors import ErrorClass, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable


def hand_deadline(seconds: float) -> tuple[HandClock, Watchdog, Deadline]:
    clock = HandClock()
    watchdog = Watchdog(clock=clock, threaded=False)
    return clock, watchdog, Deadline(seconds, clock=watchdog)


def work_past_the_limit(
    budget: Deadline,
    cancel: Callable[[], None],
    reach_the_limit: Callable[[], None],
    fail_with: Exception | None = None,
) -> None:
    with budget.register(cancel):
        reach_the_limit()
        if fail_with is not None:
            raise fail_with


def test_a_deadline_tells_what_remains_and_never_less_than_nothing() -> None:
    clock, _, budget = hand_deadline(30)
    assert budget.remaining() == 30
    clock.now += 29
    budget.check()
    assert budget.remaining() == 1
    clock.now += 50
    assert budget.remaining() == 0.0
    with pytest.raises(DeadlineExceeded, match="30 s is spent"):
        budget.check()


def test_an_exceeded_deadline_is_a_timeout_that_is_retried() -> None:
    error = DeadlineExceeded("spent")
    assert error.error_class is ErrorClass.TIMEOUT
    assert error.error_class.verdict is Verdict.RETRY


def test_a_timeout_is_clipped_to_what_remains_and_is_never_zero() -> None:
    assert deadline.current() is None
    assert deadline.clip(20) == 20
    with deadline.starting(5) as budget:
        assert deadline.current() is budget
        assert deadline.clip(1) == 1
        assert 4 < deadline.clip(20) <= 5
    assert deadline.current() is None
    with deadline.starting(0), pytest.raises(DeadlineExceeded):
        deadline.clip(20)


def test_an_inner_deadline_never_outlives_the_outer_one() -> None:
    with deadline.starting(5):
        with deadline.starting(60) as inner:
            assert inner.remaining() <= 5
        with deadline.starting(1) as inner:
            assert inner.remaining() <= 1


def test_a_receipt_has_its_seconds_though_the_budget_is_spent() -> None:
    with deadline.starting(0):
        with deadline.at_least(5):
            assert 4 < deadline.clip(60) <= 5
        with pytest.raises(DeadlineExceeded):
            deadline.clip(60)
    with deadline.starting(60) as ample, deadline.at_least(5) as same:
        assert same is ample


def test_a_deadline_without_end_registers_and_clips_like_any_other() -> None:
    with deadline.starting(math.inf) as budget, budget.register(lambda: None):
        assert deadline.clip(20) == 20


def test_a_handle_does_not_run_while_time_is_left_nor_after_its_block() -> None:
    clock, watchdog, budget = hand_deadline(30)
    ran = threading.Event()
    with budget.register(ran.set):
        clock.now += 29
        watchdog.run_due()
    clock.now += 50
    watchdog.run_due()
    assert not ran.is_set()


def test_the_block_of_a_handle_that_ran_fails_whatever_it_returned() -> None:
    clock, watchdog, budget = hand_deadline(30)
    ran = threading.Event()

    def reach_the_limit() -> None:
        clock.now += 30
        watchdog.run_due()
        assert ran.wait(5)

    with pytest.raises(DeadlineExceeded) as caught:
        work_past_the_limit(budget, ran.set, reach_the_limit)
    assert caught.value.__cause__ is None


def test_the_error_of_a_call_that_was_cut_off_is_kept_as_the_cause() -> None:
    clock, watchdog, budget = hand_deadline(30)
    ran = threading.Event()

    def reach_the_limit() -> None:
        clock.now += 30
        watchdog.run_due()
        assert ran.wait(5)

    cut = ConnectionResetError("cut off")
    with pytest.raises(DeadlineExceeded) as caught:
        work_past_the_limit(budget, ran.set, reach_the_limit, fail_with=cut)
    assert caught.value.__cause__ is cut


def test_nothing_can_be_registered_once_the_budget_is_spent() -> None:
    clock, _, budget = hand_deadline(30)
    clock.now += 30
    with pytest.raises(DeadlineExceeded), budget.register(lambda: None):
        pytest.fail("the block must not begin")


def test_leaving_the_block_waits_for_a_handle_that_is_running() -> None:
    clock, watchdog, budget = hand_deadline(30)
    started, may_end = threading.Event(), threading.Event()
    order: list[str] = []

    def cancel() -> None:
        started.set()
        assert may_end.wait(5)
        order.append("handle ended")

    def reach_the_limit() -> None:
        clock.now += 30
        watchdog.run_due()
        assert started.wait(5)
        threading.Timer(0.05, may_end.set).start()

    with pytest.raises(DeadlineExceeded):
        work_past_the_limit(budget, cancel, reach_the_limit)
    order.append("block left")
    assert order == ["handle ended", "block left"]


def test_a_handle_that_hangs_delays_nobody_elses() -> None:
    clock = HandClock()
    watchdog = Watchdog(clock=clock, threaded=False)
    first, second = Deadline(1, clock=watchdog), Deadline(1, clock=watchdog)
    release, freed = threading.Event(), threading.Event()

    def hang() -> None:
        assert release.wait(10)

    def reach_the_limit() -> None:
        clock.now += 1
        watchdog.run_due()
        assert freed.wait(5)
        release.set()

    with pytest.raises(DeadlineExceeded), first.register(hang):
        work_past_the_limit(second, freed.set, reach_the_limit)


def test_a_handle_that_fails_is_logged_and_the_block_fails_of_the_deadline(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, watchdog, budget = hand_deadline(30)
    failing = threading.Event()

    def cancel() -> None:
        failing.set()
        raise OSError("not connected")

    def reach_the_limit() -> None:
        clock.now += 30
        watchdog.run_due()
        assert failing.wait(5)

    with pytest.raises(DeadlineExceeded):
        work_past_the_limit(budget, cancel, reach_the_limit)
    assert "not connected" in caplog.text


def test_closing_a_deadline_disarms_a_handle_whose_block_was_torn_open() -> None:
    clock, watchdog, budget = hand_deadline(30)
    ran = threading.Event()
    torn = budget.register(ran.set)
    torn.__enter__()  # and an asynchronous exception struck before the block had begun
    budget.close()
    clock.now += 30
    watchdog.run_due()
    assert not ran.is_set()
