"""A background thread survives its rounds and leaves when it is told to, even before it began."""

from __future__ import annotations

import threading

from scout_workers.broker.background import Background


def test_a_thread_stopped_before_it_was_started_leaves_without_a_round() -> None:
    rounds: list[int] = []
    background = Background("early", lambda: rounds.append(1))
    background.stop()
    assert background.join(1)
    background.start()
    assert background.join(10)
    assert rounds == []


def test_a_round_that_raises_is_followed_by_another() -> None:
    rounds: list[int] = []
    enough = threading.Event()

    def work() -> float:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("once")
        enough.set()
        return 60

    background = Background("steady", work, after_error=0.01)
    background.start()
    assert enough.wait(10)
    background.stop()
    assert background.join(10)
