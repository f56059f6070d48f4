"""How many more messages of each queue this process may claim, and which it holds."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .claimed import ClaimedMessage

# An unlimited queue may hold what its workers get through in this time, so that neither a fast
# queue waits for round trips nor a slow one is hoarded.
HORIZON_SECONDS = 0.25
# ... and is topped up when what is missing is worth a statement.
TOP_UP_SECONDS = 0.04
MEASURE_SECONDS = 0.05
# Messages that begin together end together: a shorter look would see a flood or nothing.
LATELY_SECONDS = 0.5
MOST_AHEAD = 5000
LEAST_AHEAD = 16
MOST_AT_ONCE = 1000
# A queue with a limit is filled over a moment when a process comes up, not in one instant: sixty
# actors that begin together would wait for each other's ten connections, and, as calls take about
# as long as each other, go on to end and begin together.
FIRST_BITE = 6
RAMP_PER_SECOND = 150.0
RAMP_SECONDS = 0.04


@dataclass(slots=True)
class _Queue:
    limit: int | None = None
    wish: int | None = None  # of a consumer
    gradual: bool = False  # a prefetch is no pace: no more begin with it than there are threads
    served: bool = False
    held: int = 0
    settled: int = 0  # since the last sample
    samples: deque[tuple[float, int]] = field(default_factory=deque)  # seconds, settled in them
    rate: float = 0.0  # messages a second, lately
    began_at: float | None = None  # with the first message

    def capacity(self, threads: int) -> int:
        if self.limit is not None:
            return min(self.limit, self.ramped()) if self.gradual else self.limit
        return min(MOST_AHEAD, threads + int(self.rate * HORIZON_SECONDS))

    def ramped(self) -> int:
        since = 0.0 if self.began_at is None else time.monotonic() - self.began_at
        return FIRST_BITE + int(since * RAMP_PER_SECOND)

    def measure(self, elapsed: float) -> None:
        if not self.held and not self.settled:
            self.samples.clear()  # what it did before it was idle says nothing
            self.rate = 0.0
            return
        self.samples.append((elapsed, self.settled))
        self.settled = 0
        span = sum(seconds for seconds, _ in self.samples)
        while span - self.samples[0][0] >= LATELY_SECONDS:
            span -= self.samples.popleft()[0]
        self.rate = sum(settled for _, settled in self.samples) / span

    def worthwhile(self) -> int:
        return 1 if self.limit is not None else max(1, int(self.rate * TOP_UP_SECONDS))


class Slots:
    """The un-acked claims of this process, by queue.

    A slot is taken by a claim and freed when its settlement is known, so a queue's limit is the
    number of messages of it this process may ever hold. Safe to use from any thread.

    Args:
        limits: Queue to limit; a queue that is not there is unlimited.
    """

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._limits = dict(limits)
        self._overrides: dict[str, int] = {}
        self._lock = threading.Lock()
        self._queues: dict[str, _Queue] = {}
        self._held: dict[int, ClaimedMessage] = {}
        self._threads = 1
        self._measured_at = time.monotonic()

    def serve(self, queue: str, most: int | None = None) -> None:
        """Begin to claim from a queue, or go on.

        Args:
            queue: Its name.
            most: A limit the consumer asks for; the smaller one counts.
        """
        with self._lock:
            served = self._queues.setdefault(queue, _Queue())
            served.wish = most
            served.limit = self._limit_of(queue, most)
            served.gradual = queue in self._limits
            served.served = True

    def override(self, limits: Mapping[str, int]) -> bool:
        """Have an operator's limits hold instead of those the process began with.

        Args:
            limits: Queue to limit; of a queue that is not there, what it began with holds.

        Returns:
            Whether anything is changed by it.
        """
        with self._lock:
            if limits == self._overrides:
                return False
            self._overrides = dict(limits)
            for name, queue in self._queues.items():
                queue.limit = self._limit_of(name, queue.wish)
            return True

    def leave(self, queue: str) -> None:
        """Claim no more from a queue; what is held of it is still counted."""
        with self._lock:
            self._queues[queue].served = False

    def size(self, threads: int) -> None:
        """Tell how many worker threads there are; what an unlimited queue may at least hold."""
        with self._lock:
            self._threads = threads

    def wanted(self) -> dict[str, int]:
        """Return how many messages to claim now, by queue, where there are any."""
        with self._lock:
            self._measure()
            wanted = {}
            for name, queue in self._queues.items():
                if not queue.served:
                    continue
                free = queue.capacity(self._threads) - queue.held
                if free >= queue.worthwhile() or (free > 0 and queue.held == 0):
                    wanted[name] = min(free, MOST_AT_ONCE)
            return wanted

    def surplus(self) -> dict[str, int]:
        """Return how many messages of each unlimited queue are held in excess of its pace.

        A queue that was fast has been claimed from far ahead; once its messages take long, what
        this process cannot begin for a while is better off with another.
        """
        with self._lock:
            surplus = {}
            for name, queue in self._queues.items():
                if queue.limit is None:
                    fitting = max(queue.capacity(self._threads), LEAST_AHEAD)
                    if queue.held > 2 * fitting:
                        surplus[name] = queue.held - fitting
            return surplus

    def ramping(self) -> bool:
        """Tell whether a queue is still being filled for the first time."""
        with self._lock:
            return any(
                queue.gradual
                and queue.began_at is not None
                and queue.limit is not None
                and queue.ramped() < queue.limit
                for queue in self._queues.values()
            )

    def take(self, messages: Iterable[ClaimedMessage]) -> None:
        """Note claims."""
        with self._lock:
            for message in messages:
                self._held[message.lease.id] = message
                queue = self._queues[message.queue]
                queue.held += 1
                if queue.began_at is None:
                    queue.began_at = time.monotonic()

    def free(self, messages: Iterable[ClaimedMessage]) -> None:
        """Note settlements; a message that is not held is passed over."""
        with self._lock:
            for message in messages:
                if self._held.get(message.lease.id) is message:
                    del self._held[message.lease.id]
                    queue = self._queues[message.queue]
                    queue.held -= 1
                    queue.settled += 1

    def held(self) -> list[ClaimedMessage]:
        """Return every message this process holds."""
        with self._lock:
            return list(self._held.values())

    def served(self) -> list[str]:
        """Return the queues this process claims from."""
        with self._lock:
            return sorted(name for name, queue in self._queues.items() if queue.served)

    def _limit_of(self, queue: str, wish: int | None) -> int | None:
        own = self._overrides.get(queue, self._limits.get(queue))
        return min((limit for limit in (own, wish) if limit is not None), default=None)

    def _measure(self) -> None:
        now = time.monotonic()
        elapsed = now - self._measured_at
        if elapsed < MEASURE_SECONDS:
            return
        for queue in self._queues.values():
            queue.measure(elapsed)
        self._measured_at = now
