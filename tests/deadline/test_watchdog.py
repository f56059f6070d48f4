from __future__ import annotations

import multiprocessing
import threading
from typing import TYPE_CHECKING

import pytest
from fix_clock import HandClock

from scout_workers import deadline
from scout_workers.deadline import Watchdog

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def hand_watchdog() -> tuple[HandClock, Watchdog]:
    clock = HandClock()
    return clock, Watchdog(clock=clock, threaded=False)


def test_alarms_run_once_at_their_time_and_earliest_first() -> None:
    clock, watchdog = hand_watchdog()
    ran: list[str] = []
    watchdog.at(103, lambda: ran.append("late"))
    watchdog.at(101, lambda: ran.append("early"))
    watchdog.at(150, lambda: ran.append("never"))

    watchdog.run_due()
    assert ran == []
    clock.now = 103
    watchdog.run_due()
    watchdog.run_due()
    assert ran == ["early", "late"]


def test_a_dropped_alarm_never_runs() -> None:
    clock, watchdog = hand_watchdog()
    ran: list[str] = []
    alarm = watchdog.at(101, lambda: ran.append("dropped"))
    watchdog.drop(alarm)
    watchdog.drop(alarm)
    clock.now = 200
    watchdog.run_due()
    assert ran == []


def test_an_alarm_that_fails_is_logged_and_the_next_one_still_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, watchdog = hand_watchdog()
    ran: list[str] = []

    def fail() -> None:
        raise OSError("no such thing")

    watchdog.at(101, fail)
    watchdog.at(102, lambda: ran.append("next"))
    clock.now = 102
    watchdog.run_due()
    assert ran == ["next"]
    assert "no such thing" in caplog.text


def test_the_thread_wakes_for_an_earlier_alarm_than_the_one_it_waits_for() -> None:
    watchdog = Watchdog("test-watchdog")
    early, names = threading.Event(), []

    def note() -> None:
        names.append(threading.current_thread().name)
        early.set()

    far = watchdog.at(watchdog.clock() + 3600, note)
    watchdog.at(watchdog.clock() + 0.01, note)
    assert early.wait(5)
    assert names == ["test-watchdog"]
    watchdog.drop(far)


def test_an_alarm_due_in_an_age_does_not_overflow_the_wait() -> None:
    watchdog, rang = Watchdog("test-watchdog-far"), threading.Event()
    watchdog.at(watchdog.clock() + 1e12, rang.set)
    watchdog.at(watchdog.clock(), rang.set)
    assert rang.wait(5)


def set_one_alarm_in_the_child(answer: Connection) -> None:
    rang = threading.Event()
    deadline.watchdog.at(deadline.watchdog.clock() + 0.01, rang.set)
    answer.send(rang.wait(5))


# From 3.12 on Python warns of the very thing under test: a process with threads that forks.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_has_a_watchdog_of_its_own_and_none_of_its_parents_alarms() -> None:
    rang = threading.Event()
    deadline.watchdog.at(deadline.watchdog.clock() + 0.01, rang.set)
    assert rang.wait(5)  # the parent's thread runs, so that the child would be fooled by it

    ours, theirs = multiprocessing.Pipe()
    forking = multiprocessing.get_context("fork")
    child = forking.Process(target=set_one_alarm_in_the_child, args=(theirs,))
    child.start()
    assert ours.poll(20)
    assert ours.recv() is True
    child.join(10)
    assert child.exitcode == 0
