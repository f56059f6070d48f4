"""How long a message may take, and what happens at each of the three moments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds from the start of an attempt.

    Attributes:
        attempt: Its Deadline is spent: cancel handles run, blocked calls fail.
        limit: TimeLimitExceeded is raised in its thread.
        exit: A thread that has still not come back is given up.

    Raises:
        ValueError: They are not in that order.
    """

    attempt: float = 140.0
    limit: float = 150.0
    exit: float = 180.0

    def __post_init__(self) -> None:
        """Refuse limits that would strike out of order."""
        if not 0 <= self.attempt <= self.limit <= self.exit:
            raise ValueError(f"limits must be 0 <= attempt <= limit <= exit, not {self}")

    def for_time_limit(self, milliseconds: float | None) -> Limits:
        """The same for an actor or message with a `time_limit` of its own; None: these.

        Clean-up keeps its time: the attempt ends as long before the limit as here, or by the same
        fraction of a shorter one; the thread is given up as long after it.
        """
        if milliseconds is None:
            return self
        limit = max(0.0, milliseconds / 1000)
        share = self.attempt / self.limit if self.limit else 0.0
        return Limits(
            attempt=max(limit - (self.limit - self.attempt), limit * share),
            limit=limit,
            exit=limit + (self.exit - self.limit),
        )
