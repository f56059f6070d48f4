"""Where in a queue to begin looking: a lower bound on `seq`, of what was claimed a while ago.

While any transaction anywhere holds an old snapshot, claimed rows leave entries in the index of
ready messages that no vacuum may remove, and a claim that begins at the head of the queue walks
over all of them: 67,000 buffers after 300,000 messages. Begun where the queue was a moment ago it
reads a dozen. The bound is only a hint. It lags, so that a message whose transaction took longer
to commit than its neighbours' is still above it; now and then a look begins further back, for the
transactions that took seconds; and every half minute it begins at the head, so that nothing is
ever missed. The longer such a look takes, the longer until the next.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .claimed import ClaimedMessage

NEAR_SECONDS = 0.25
FAR_SECONDS = 5.0
FAR_LOOK_SECONDS = 1.0
FULL_LOOK_SECONDS = 30.0
# At most so much of the time is spent on looks further back: one part in so many.
SHARE = 100.0
LOWEST = -(2**63)


@dataclass(slots=True)
class _Bound:
    """The lowest `seq` claimed so many seconds ago."""

    lag: float
    low: int = LOWEST
    recent: deque[tuple[float, int]] = field(default_factory=deque)

    def claimed(self, seq: int, now: float) -> None:
        if not self.recent or now - self.recent[-1][0] >= self.lag / 10:
            self.recent.append((now, seq))
        else:
            at, lowest = self.recent[-1]
            self.recent[-1] = (at, min(lowest, seq))

    def at(self, now: float) -> int:
        while self.recent and now - self.recent[0][0] >= self.lag:
            # Not the highest seen: a message that came late may lie below an earlier bound.
            self.low = self.recent.popleft()[1]
        return self.low


@dataclass(slots=True)
class _Walk:
    """One priority of one queue."""

    near: _Bound = field(default_factory=lambda: _Bound(NEAR_SECONDS))
    far: _Bound = field(default_factory=lambda: _Bound(FAR_SECONDS))

    def claimed(self, seq: int, now: float) -> None:
        if self.near.low == LOWEST:
            # The first claim of a process had to walk from the head; once is enough.
            self.near.low = seq
        self.near.claimed(seq, now)
        self.far.claimed(seq, now)


@dataclass(slots=True)
class _Look:
    """When to look further back than usual."""

    every: float
    due_at: float
    began_at: float | None = None

    def begins(self, now: float) -> bool:
        if now < self.due_at:
            return False
        self.began_at = now
        self.due_at = now + self.every
        return True

    def ended(self, now: float) -> None:
        if self.began_at is not None:
            self.due_at = max(self.due_at, now + (now - self.began_at) * SHARE)
            self.began_at = None


@dataclass(frozen=True, slots=True)
class Ranges:
    """Where to look, as claim.sql wants it: parallel arrays, one entry a queue and priority."""

    queues: list[str]
    priorities: list[int | None]
    lows: list[int]
    slots: list[int]


class Hints:
    """Remembers what was claimed, by queue and priority. Used by the claimer's thread alone.

    Args:
        priorities: Tells the priorities messages are sent with; others are found by a full look.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        priorities: Callable[[], Iterable[int]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._priorities = priorities
        self._clock = clock
        self._walks: dict[str, dict[int, _Walk]] = {}
        self._full = _Look(FULL_LOOK_SECONDS, clock())
        self._far = _Look(FAR_LOOK_SECONDS, clock())

    def ranges(self, wanted: Mapping[str, int]) -> Ranges:
        """Return where to look for so many messages of each queue."""
        now = self._clock()
        if self._full.begins(now):
            everywhere: list[int | None] = [None] * len(wanted)
            return Ranges(list(wanted), everywhere, [LOWEST] * len(wanted), list(wanted.values()))
        far = self._far.begins(now)
        ranges = Ranges([], [], [], [])
        usual = set(self._priorities())
        for queue, slots in wanted.items():
            walks = self._walks.setdefault(queue, {})
            for priority in sorted(usual | walks.keys()):
                walk = walks.setdefault(priority, _Walk())
                ranges.queues.append(queue)
                ranges.priorities.append(priority)
                ranges.lows.append((walk.far if far else walk.near).at(now))
                ranges.slots.append(slots)
        return ranges

    def note(self, claimed: Iterable[ClaimedMessage]) -> None:
        """Note what the claim in those ranges brought, in order of priority and seq."""
        now = self._clock()
        self._full.ended(now)
        self._far.ended(now)
        lowest: dict[tuple[str, int], int] = {}
        for message in claimed:
            lowest.setdefault((message.queue, message.priority), message.seq)
        for (queue, priority), seq in lowest.items():
            self.claimed(queue, priority, seq)

    def claimed(self, queue: str, priority: int, lowest_seq: int) -> None:
        """Note the lowest `seq` of what one claim brought of one priority of a queue."""
        now = self._clock()
        walk = self._walks.setdefault(queue, {}).setdefault(priority, _Walk())
        walk.claimed(lowest_seq, now)
