"""Where in a queue to begin looking: a lower bound on `seq`, of what was claimed a while ago.

While any transaction anywhere holds an old snapshot, claimed rows leave entries in the index of
ready messages that no vacuum may remove, and a claim that begins at the head of the queue walks
over all of them: 67,000 buffers after 300,000 messages. Begun where the queue was some seconds ago
it reads a dozen. The bound is a hint: it lags, so that a message whose transaction took long to
commit is still above it, and every half minute it is left out, so that nothing is ever missed.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .delivery import Delivery

LAG_SECONDS = 5.0
FULL_SCAN_SECONDS = 30.0
LOWEST = -(2**63)


@dataclass(slots=True)
class _Walk:
    """One priority of one queue: the bound in force, and the claims that will raise it."""

    low: int = LOWEST
    recent: deque[tuple[float, int]] = field(default_factory=deque)


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
        priorities: Tells the priorities messages are sent with; others are found by a full scan.
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
        self._scanned_at = -FULL_SCAN_SECONDS

    def ranges(self, wanted: Mapping[str, int]) -> Ranges:
        """Return where to look for so many messages of each queue."""
        now = self._clock()
        if now - self._scanned_at >= FULL_SCAN_SECONDS:
            self._scanned_at = now
            everywhere: list[int | None] = [None] * len(wanted)
            return Ranges(list(wanted), everywhere, [LOWEST] * len(wanted), list(wanted.values()))
        ranges = Ranges([], [], [], [])
        usual = set(self._priorities())
        for queue, slots in wanted.items():
            walks = self._walks.setdefault(queue, {})
            for priority in sorted(usual | walks.keys()):
                ranges.queues.append(queue)
                ranges.priorities.append(priority)
                ranges.lows.append(self._low(walks.setdefault(priority, _Walk()), now))
                ranges.slots.append(slots)
        return ranges

    def note(self, deliveries: Iterable[Delivery]) -> None:
        """Note what one claim brought, in order of priority and seq."""
        lowest: dict[tuple[str, int], int] = {}
        for delivery in deliveries:
            lowest.setdefault((delivery.message.queue, delivery.priority), delivery.message.seq)
        for (queue, priority), seq in lowest.items():
            self.claimed(queue, priority, seq)

    def claimed(self, queue: str, priority: int, lowest_seq: int) -> None:
        """Note the lowest `seq` of what one claim brought of one priority of a queue."""
        walk = self._walks.setdefault(queue, {}).setdefault(priority, _Walk())
        now = self._clock()
        if not walk.recent or now - walk.recent[-1][0] >= LAG_SECONDS / 10:
            walk.recent.append((now, lowest_seq))
        else:
            at, lowest = walk.recent[-1]
            walk.recent[-1] = (at, min(lowest, lowest_seq))

    @staticmethod
    def _low(walk: _Walk, now: float) -> int:
        while walk.recent and now - walk.recent[0][0] >= LAG_SECONDS:
            # Not the highest seen: a message that came late may lie below an earlier bound.
            walk.low = walk.recent.popleft()[1]
        return walk.low
