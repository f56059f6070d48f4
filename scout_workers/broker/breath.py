"""Busy worker threads give the interpreter's lock away where they hold no other.

Python takes it from a thread every five milliseconds, wherever that is: now and then inside a
`with lock:`, of Dramatiq's TimeLimit for one. All other worker threads then line up at that lock,
each is handed it before it has the interpreter, and the line never dissolves: from then on each
message costs two switches of threads, and half the throughput is gone (docs/adr/0065).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Shorter than sys.getswitchinterval(), so that nobody has to ask for it.
SLICE_SECONDS = 0.003
# Threads that come by less often than this are not busy, and are not held up.
BUSY_SECONDS = 0.001
# Not zero: whoever waits has to wake up and take the lock meanwhile.
PAUSE_SECONDS = 0.00001


class Breath:
    """One for all worker threads of a process: whoever comes by when it is time pauses.

    The times are shared without a lock: at worst two threads pause at once, or none just then.

    Args:
        clock: Monotonic seconds.
        pause: Waits for so many seconds.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._since = self._last = 0.0

    def take(self) -> None:
        """Come by, holding no lock, before each message."""
        now = self._clock()
        if now - self._last > BUSY_SECONDS:
            self._since = now
        elif now - self._since > SLICE_SECONDS:
            self._pause(PAUSE_SECONDS)
            now = self._since = self._clock()
        self._last = now
