"""The queue between consumers and threads: Dramatiq's order and methods, and no item lost."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from queue import Empty, PriorityQueue
from typing import TYPE_CHECKING, Any, cast

import dramatiq
import pytest
from fix_broker import working

from scout_workers.broker.work_queue import WorkQueue, give_to

if TYPE_CHECKING:
    from scout_workers.broker import PostgresBroker


@dataclass
class Item:
    priority: int
    name: str


def test_the_smaller_priority_comes_first_and_within_one_whoever_came_first() -> None:
    queue = WorkQueue()
    for item in (Item(5, "a"), Item(0, "b"), Item(5, "c"), Item(-1, "d"), Item(0, "e")):
        queue.put(item)
    assert queue.qsize() == 5
    assert [cast("Item", queue.get_nowait()).name for _ in range(5)] == ["d", "b", "e", "a", "c"]


def test_the_tuples_of_older_dramatiq_are_sorted_by_their_first_element() -> None:
    queue = WorkQueue()
    for pair in ((5, "a"), (0, "b"), (5, "c")):
        queue.put(pair)
    assert [queue.get() for _ in range(3)] == [(0, "b"), (5, "a"), (5, "c")]


def test_an_empty_queue_says_so_at_once_or_after_the_timeout() -> None:
    queue = WorkQueue()
    with pytest.raises(Empty):
        queue.get_nowait()
    with pytest.raises(Empty):
        queue.get(timeout=0.01)


def test_a_waiting_thread_gets_what_is_put_in() -> None:
    queue, got = WorkQueue(), list[object]()
    waiting = threading.Thread(target=lambda: got.append(queue.get(timeout=20)), name="waiting")
    waiting.start()
    queue.put(Item(0, "late"))
    waiting.join(20)
    assert got == [Item(0, "late")]


def test_join_waits_until_all_is_done() -> None:
    queue = WorkQueue()
    queue.put(Item(0, "a"))
    queue.put(Item(1, "b"))
    joined = threading.Event()

    def join() -> None:
        queue.join()
        joined.set()

    joiner = threading.Thread(target=join, name="joiner")
    joiner.start()
    queue.get()
    queue.task_done()
    assert not joined.wait(0.05)
    assert queue.unfinished_tasks == 1
    queue.get()
    queue.task_done()
    assert joined.wait(20)
    joiner.join(20)
    with pytest.raises(ValueError, match="too many times"):
        queue.task_done()


def test_many_threads_get_each_item_once() -> None:
    queue, per_thread = WorkQueue(), 5000
    taken: list[list[object]] = [[] for _ in range(8)]

    def put(producer: int) -> None:
        for number in range(per_thread):
            queue.put((number % 3, (producer, number)))

    def take(mine: list[object]) -> None:
        while (item := cast("tuple[int, object]", queue.get(timeout=20)))[1] is not None:
            mine.append(item[1])

    producers = [threading.Thread(target=put, args=(n,), name=f"put-{n}") for n in range(4)]
    takers = [threading.Thread(target=take, args=(mine,), name="take") for mine in taken]
    for thread in (*producers, *takers):
        thread.start()
    for producer in producers:
        producer.join(20)
    for _ in takers:
        queue.put((9, None))
    for taker in takers:
        taker.join(20)
    everything = [item for mine in taken for item in mine]
    assert len(everything) == 4 * per_thread
    assert set(everything) == {(p, n) for p in range(4) for n in range(per_thread)}


def test_a_worker_is_given_one_before_its_threads_start(broker: PostgresBroker) -> None:
    with working(broker) as worker:
        given: object = worker.work_queue
        assert isinstance(given, WorkQueue)


def test_a_worker_with_another_queue_or_with_something_in_it_keeps_it(
    broker: PostgresBroker,
) -> None:
    class Other(PriorityQueue[Any]):
        pass

    worker: Any = dramatiq.Worker(broker)
    for queue in (Other(), PriorityQueue[Any]()):
        worker.work_queue = queue
        if type(queue) is PriorityQueue:
            queue.put((0, "something"))
        give_to(worker)
        assert worker.work_queue is queue
