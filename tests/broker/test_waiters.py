"""Waiting for something to take: by whoever is late, robbed, interrupted or given too much."""

from __future__ import annotations

import queue
import sys
import threading
import time
from contextlib import contextmanager, suppress
from queue import Empty
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from scout_workers.broker.inboxes import Inbox
from scout_workers.broker.waiters import Waiters
from scout_workers.broker.work_queue import WorkQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_SECONDS = 0.05
ITEM: Any = (0, "an item")


class Items(Protocol):
    """What the queues here have in common."""

    def get(self, *, timeout: float) -> object: ...
    def get_nowait(self) -> object: ...


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let this thread keep the interpreter until it waits for something itself."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(100)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def robbed(items: Items, put: Callable[[Any], object]) -> threading.Thread:
    """Have a thread woken for an item that is gone when it comes to look, and with it its time.

    This is what a busy machine does to a worker's threads now and then, done on purpose.
    """
    waits = threading.Event()

    def wait() -> None:
        waits.set()
        with suppress(Empty):
            items.get(timeout=WAIT_SECONDS)

    waiting = threading.Thread(target=wait, name="waiting", daemon=True)
    with uninterrupted():
        waiting.start()
        waits.wait()  # back from here: the other gave the interpreter away, so it waits
        put(ITEM)
        assert items.get_nowait() == ITEM
        over = time.monotonic() + 2 * WAIT_SECONDS
        while time.monotonic() < over:
            pass  # the other is awake, and cannot look yet
    return waiting


@pytest.mark.parametrize("make", [WorkQueue, Inbox])
def test_a_thread_that_is_woken_late_and_robbed_does_not_wait_for_ever(
    make: Callable[[], WorkQueue | Inbox],
) -> None:
    items = make()
    waiting = robbed(items, items.put)
    waiting.join(20)
    assert not waiting.is_alive()


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="Python 3.13 mended it")
def test_control_with_pythons_own_simple_queue_it_waits_for_ever() -> None:
    items: queue.SimpleQueue[object] = queue.SimpleQueue()
    waiting = robbed(items, items.put)
    waiting.join(10 * WAIT_SECONDS)
    assert waiting.is_alive()
    items.put(ITEM)
    waiting.join(20)
    assert not waiting.is_alive()


def test_nobody_waits_longer_than_asked() -> None:
    with pytest.raises(Empty):
        Waiters().wait_for(nothing, timeout=0.01)
    with pytest.raises(Empty):
        Waiters().wait_for(nothing, timeout=-1.0)  # for a lock that is without end


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_a_bell_that_rings_for_one_who_leaves_wakes_the_next(
    error: type[BaseException] | None,
) -> None:
    waiters, there, got = Waiters(), list[str](), list[str]()
    second: list[threading.Thread] = []

    def second_looks() -> str:
        if not there:
            raise Empty
        return there.pop()

    def first_looks() -> str:
        # It stands first in line; the other comes, then what is rung for, and it leaves without.
        second.append(threading.Thread(target=second_waits, name="second", daemon=True))
        with uninterrupted():
            second[0].start()
            came.wait()
        there.append("something")
        waiters.ring()
        if error is not None:
            raise error
        return "something else"

    came = threading.Event()

    def second_waits() -> None:
        came.set()
        got.append(waiters.wait_for(second_looks, timeout=None))

    if error is None:
        assert waiters.wait_for(first_looks, timeout=None) == "something else"
    else:
        with pytest.raises(error):
            waiters.wait_for(first_looks, timeout=None)
    second[0].join(20)
    assert got == ["something"]


def test_many_threads_with_little_patience_lose_nothing_and_all_come_to_an_end() -> None:
    items, many, stopped = WorkQueue(), 4000, threading.Event()
    taken: list[list[Any]] = [[] for _ in range(6)]

    def take(mine: list[Any]) -> None:
        while not stopped.is_set():
            try:
                mine.append(items.get(timeout=0.0005))
            except Empty:
                continue

    takers = [threading.Thread(target=take, args=(mine,), name="take") for mine in taken]
    for taker in takers:
        taker.start()
    for number in range(many):
        items.put((number % 3, number))
    deadline = time.monotonic() + 20
    while items.qsize() and time.monotonic() < deadline:
        stopped.wait(0.01)
    stopped.set()
    for taker in takers:
        taker.join(20)
    assert not any(taker.is_alive() for taker in takers)
    assert sorted(i for mine in taken for _, i in mine) == list(range(many))


def nothing() -> str:
    raise Empty
