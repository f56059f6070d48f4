"""How long an answer takes, and how many there are in a while."""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Self

from scout_workers.fake_llm.errors import ScriptError

_PERIODS: Final = {"second": 1.0, "minute": 60.0, "hour": 3600.0}
_SIGMAS_TO_95: Final = 1.6449


@dataclass(frozen=True, slots=True)
class Latency:
    """How long an answer takes.

    Attributes:
        low: Seconds at least; the median where `tail` is set.
        high: Seconds at most.
        tail: The 95th percentile of a lognormal around `low`; None: evenly from low to high.
    """

    low: float = 0.0
    high: float = 0.0
    tail: float | None = None

    @classmethod
    def of(cls, text: str) -> Self:
        """Read "0.2" (always), "0.2-0.6" (evenly between), "5/20" (median and 95th percentile).

        Raises:
            ScriptError: It is written in another way.
        """
        try:
            if "/" in text:
                median, tail = (float(part) for part in text.split("/"))
                latency = cls(median, math.inf, tail)
            else:
                low, _, high = text.partition("-")
                latency = cls(float(low), float(high or low))
        except ValueError as error:
            raise ScriptError(f"latency {text!r}: write 0.2, 0.2-0.6 or 5/20 (seconds)") from error
        least = latency.low if latency.tail is None else min(latency.low, 0.001)
        if least < 0 or latency.high < latency.low or (latency.tail or math.inf) <= latency.low:
            raise ScriptError(f"latency {text!r}: the smaller number first, and none below 0")
        return latency

    def seconds(self, number: int, seed: int) -> float:
        """Return how long the n-th answer takes: the same each time."""
        chance = random.Random(f"latency:{seed}:{number}")  # noqa: S311 - chance on purpose
        if self.tail is None:
            return chance.uniform(self.low, self.high)
        sigma = math.log(self.tail / self.low) / _SIGMAS_TO_95
        return self.low * math.exp(chance.gauss(0.0, sigma))


@dataclass(slots=True)
class Limit:
    """At most so many requests in any while of this length; the rest are told when to come again.

    Attributes:
        most: Requests.
        seconds: The length of the while.
    """

    most: int
    seconds: float = 60.0
    _taken: deque[float] = field(default_factory=deque)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read "600/minute", "10/second" or "600" (a minute).

        Raises:
            ScriptError: It is written in another way.
        """
        count, _, period = text.partition("/")
        if not count.isdecimal() or not int(count) or (period or "minute") not in _PERIODS:
            raise ScriptError(f"limit {text!r}: write 600/minute, 10/second or 1000/hour")
        return cls(int(count), _PERIODS[period or "minute"])

    def wait(self, now: float) -> float:
        """Take one; 0 if there was one to take, else seconds until there will be."""
        while self._taken and self._taken[0] <= now - self.seconds:
            self._taken.popleft()
        if len(self._taken) < self.most:
            self._taken.append(now)
            return 0.0
        return self._taken[0] + self.seconds - now
