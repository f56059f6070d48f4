"""A clock the test turns by hand, in place of one that has to be waited for."""

from __future__ import annotations


class HandClock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now
