"""Rate limits and barriers in Postgres, for Dramatiq's rate limiters and group callbacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dramatiq.rate_limits import RateLimiterBackend

from .attachment import Attachment
from .patience import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .postgres_broker import PostgresBroker

# For how long a limit goes on trying to reach the server before anything was sent to it.
REACH_SECONDS = 10.0
LOWEST, HIGHEST = -(2**63), 2**63 - 1

# WindowRateLimiter counts in one key a second, and looks back over its window. A call that had to
# wait for others finds them counted in later seconds than the one it began in.
SECOND = re.compile(r"(.*)@(\d+)", re.DOTALL)
SECONDS_LATE = 10


class PostgresRateLimits(RateLimiterBackend):
    """Counters that any number of processes share, each operation one statement.

    Exact under contention. Every operation commits by itself, on a connection of the broker's pool,
    never in a transaction of the caller's: a limit holds though the work is rolled back. Times to
    live are kept by the database's clock. An operation that may have taken effect is not repeated;
    it raises `BrokerUnavailableError`.

    When a member of a group reaches the group's barrier while it is being settled, its arrival is a
    part of its outcome: one message is one party however often it is delivered, and the completion
    callbacks go out with the commit of whoever completes the barrier, once.

    Args:
        broker: The broker; None: Dramatiq's global one, looked up at each use.
    """

    def __init__(self, broker: PostgresBroker | None = None) -> None:
        self._attachment = Attachment(broker)

    def add(self, key: str, value: int, ttl: int) -> bool:
        """Begin a counter; False if there is one. `ttl` is in milliseconds, here and below."""
        return self._happens("limit_add", {"key": key, "value": value, "ttl_ms": ttl})

    def incr(self, key: str, amount: int, maximum: int, ttl: int) -> bool:
        """Add to a counter; False if that would pass the maximum."""
        return self._change(key, amount, LOWEST, maximum, ttl)

    def decr(self, key: str, amount: int, minimum: int, ttl: int) -> bool:
        """Take from a counter; False if that would pass the minimum.

        For the barrier of the group whose member is being settled the answer is False, for "all are
        here", whoever is: the callbacks that are enqueued on it are sent if it proves true.
        """
        if self._attachment.outbox.arrive(key, ttl):
            return False
        return self._change(key, -amount, minimum, HIGHEST, ttl)

    def incr_and_sum(
        self, key: str, keys: Callable[[], Iterable[str]], amount: int, maximum: int, ttl: int
    ) -> bool:
        """Add to a counter; False if the sum of it and others would pass the maximum."""
        counted, lock = set(keys()), key
        if match := SECOND.fullmatch(key):
            lock, second = match[1], int(match[2])
            counted |= {f"{lock}@{second + late}" for late in range(1, SECONDS_LATE + 1)}
        database = self._attachment.outbox.database
        return self._happens(
            "limit_add_within_sum",
            {
                "lock": f"{database.schema} limit {lock}",
                "key": key,
                "keys": sorted(counted),
                "amount": amount,
                "maximum": maximum,
                "ttl_ms": ttl,
            },
        )

    def wait(self, key: str, timeout: int | None) -> bool:
        """Wait until something was announced under a key; False if it was not in time.

        Args:
            key: The key.
            timeout: Milliseconds; None: for ever.
        """
        database = self._attachment.outbox.database
        seconds = None if timeout is None else timeout / 1000
        found = wait_for(
            lambda: database.run("limit_exists", {"key": key}) or None, seconds=seconds
        )
        return found is not None

    def wait_notify(self, key: str, ttl: int) -> None:
        """Announce something under a key, to who waits for it now or within the ttl."""
        outbox = self._attachment.outbox
        # Nobody waits for a group's own barrier, and whether it is complete is not known yet.
        if not outbox.is_arriving(key.removesuffix("@events")):
            parameters = {"key": key, "ttl_ms": ttl}
            outbox.database.insist(
                lambda connection: outbox.database.run("limit_set", parameters, on=connection),
                seconds=REACH_SECONDS,
            )

    def _change(self, key: str, change: int, lowest: int, highest: int, ttl: int) -> bool:
        return self._happens(
            "limit_change",
            {"key": key, "change": change, "lowest": lowest, "highest": highest, "ttl_ms": ttl},
        )

    def _happens(self, name: str, parameters: dict[str, Any]) -> bool:
        database = self._attachment.outbox.database
        rows = database.reach(
            lambda connection: database.run(name, parameters, on=connection), seconds=REACH_SECONDS
        )
        return bool(rows and rows[0][0])
