"""A queue with few slots is worked off at its own pace, whatever else its process serves."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import dramatiq
from fix_broker import eventually, working

from scout_workers.broker import EngineOptions, Polling

if TYPE_CHECKING:
    from fix_broker import MakeBroker

NEVER = Polling(interval=1000, longest=1000)


def test_a_queue_of_two_slots_goes_on_beside_one_whose_slots_are_free(
    make_broker: MakeBroker,
) -> None:
    """By polling alone, which never comes here, it would stop after its first two."""
    broker = make_broker(
        options=EngineOptions(concurrency={"default": 2, "roomy": 12}, polling=NEVER)
    )
    done, lock = [0], threading.Lock()

    @dramatiq.actor(queue_name="default")
    def count(number: int) -> None:
        del number
        with lock:
            done[0] += 1

    @dramatiq.actor(queue_name="roomy")
    def idle() -> None:
        """Never sent."""

    del idle
    broker.enqueue_many([count.message(number) for number in range(40)])
    with working(broker, threads=14):
        eventually(lambda: done[0] == 40)
