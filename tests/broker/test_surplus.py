"""A process that claimed far ahead of a queue gives back what it cannot begin for a while."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import dramatiq
import pytest
from fix_broker import eventually, working

from scout_workers.broker.slots import Slots

if TYPE_CHECKING:
    from fix_broker import MakeBroker


@pytest.mark.parametrize("giving_back", [True, False], ids=["given back", "control: hoarded"])
def test_of_a_queue_that_turns_slow_another_process_gets_its_share(
    make_broker: MakeBroker, monkeypatch: pytest.MonkeyPatch, *, giving_back: bool
) -> None:
    if not giving_back:
        monkeypatch.setattr(Slots, "surplus", lambda _: {})
    fast, other = make_broker(), make_broker()
    finish, began_here, began_there = threading.Event(), threading.Event(), threading.Event()
    quick = threading.Semaphore(0)

    def work(seconds: float, began: threading.Event) -> None:
        if seconds:
            began.set()
            finish.wait(seconds)
        else:
            quick.release()

    @dramatiq.actor(broker=fast, actor_name="work", max_retries=0)
    def here(seconds: float) -> None:
        work(seconds, began_here)

    @dramatiq.actor(broker=other, actor_name="work", max_retries=0)
    def there(seconds: float) -> None:
        work(seconds, began_there)

    fast.enqueue_many([here.message(0.0)] * 3000 + [here.message(20.0)] * 200)
    with working(fast, threads=2):
        assert began_here.wait(20)
        eventually(lambda: held(fast) > 100 or giving_back)
        with working(other, threads=2):
            assert began_there.wait(20 if giving_back else 2) is giving_back
            finish.set()
            other.flush("default")


def held(broker: object) -> int:
    engine = broker._process.running()  # type: ignore[attr-defined]  # private
    return len(engine.slots.held())
