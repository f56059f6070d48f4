"""Worker threads pause when they have been busy for a slice of time, and only then."""

from __future__ import annotations

from scout_workers.broker.breath import BUSY_SECONDS, PAUSE_SECONDS, SLICE_SECONDS, Breath


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def paused(gap: float) -> list[float]:
    """Come by every so many seconds for thirty slices, and return the pauses."""
    clock, pauses = Clock(), list[float]()
    breath = Breath(clock, pauses.append)
    while clock.now < 100.0 + 30 * SLICE_SECONDS:
        breath.take()
        clock.now += gap
    return pauses


def test_busy_threads_pause_once_a_slice() -> None:
    pauses = paused(BUSY_SECONDS / 20)
    assert set(pauses) == {PAUSE_SECONDS}
    assert 26 <= len(pauses) <= 30


def test_threads_that_come_by_now_and_then_are_not_held_up() -> None:
    assert paused(BUSY_SECONDS * 1.01) == []


def test_a_thread_that_comes_after_a_rest_begins_a_new_slice() -> None:
    clock, pauses = Clock(), list[float]()
    breath = Breath(clock, pauses.append)
    for _ in range(10):
        breath.take()
        clock.now += SLICE_SECONDS * 2
        breath.take()
        clock.now += BUSY_SECONDS / 2
    assert pauses == []
