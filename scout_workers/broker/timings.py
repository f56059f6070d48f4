"""How long things took lately: waits for a connection, and how long each was held."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """A summary of recent durations, in seconds; `count` and `total` are since the start."""

    count: int
    total: float
    p50: float
    p99: float
    longest: float


class Recorder:
    """Keeps the last few thousand durations. Safe to use from any thread."""

    def __init__(self, keep: int = 8192) -> None:
        self._lock = threading.Lock()
        self._recent: deque[float] = deque(maxlen=keep)
        self._count = 0
        self._total = 0.0
        self._longest = 0.0

    def add(self, seconds: float) -> None:
        """Remember one duration."""
        with self._lock:
            self._recent.append(seconds)
            self._count += 1
            self._total += seconds
            self._longest = max(self._longest, seconds)

    def summary(self) -> Timing:
        """Summarise: quantiles over the recent ones, the rest since the start."""
        with self._lock:
            recent = sorted(self._recent)
            count, total, longest = self._count, self._total, self._longest
        if not recent:
            return Timing(0, 0.0, 0.0, 0.0, 0.0)
        last = len(recent) - 1
        return Timing(count, total, recent[last // 2], recent[round(last * 0.99)], longest)
