"""A process whose sixteen threads all want the same counter; it prints how often they had it.

    python contending.py URL WHAT exact|naive

It says "ready" and waits for a line, so that two of them begin together.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

from dramatiq.rate_limits import ConcurrentRateLimiter, WindowRateLimiter

from scout_workers.broker import PostgresBroker, PostgresRateLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scout_workers.broker.database import Database

THREADS = 16
TRIES = 25
MINUTE = 60_000
SLIDING_SECONDS = 3.0

READ = "SELECT coalesce(sum(value), 0) FROM scout_broker.rate_limit WHERE key = ANY (%s)"
COUNT = (
    "INSERT INTO scout_broker.rate_limit AS r (key, value, expires_at) "
    "VALUES (%s, %s, now() + interval '1 minute') "
    "ON CONFLICT (key) DO UPDATE SET value = r.value + excluded.value"
)


class Naive(PostgresRateLimits):
    """The control: looks first, and counts in a second statement."""

    def __init__(self, broker: PostgresBroker) -> None:
        super().__init__(broker)
        self._database = broker.outbox.database

    def add(self, key: str, value: int, ttl: int) -> bool:
        del ttl
        return self._count([key], key, value, lambda found: found == 0)

    def incr(self, key: str, amount: int, maximum: int, ttl: int) -> bool:
        del ttl
        return self._count([key], key, amount, lambda found: found + amount <= maximum)

    def decr(self, key: str, amount: int, minimum: int, ttl: int) -> bool:
        del ttl
        return self._count([key], key, -amount, lambda found: found - amount >= minimum)

    def incr_and_sum(
        self, key: str, keys: Callable[[], Iterable[str]], amount: int, maximum: int, ttl: int
    ) -> bool:
        del ttl
        return self._count(list(keys()), key, amount, lambda found: found + amount <= maximum)

    def _count(self, keys: list[str], key: str, change: int, fits: Callable[[int], bool]) -> bool:
        with self._database.pool.connection() as connection:
            ((found,),) = connection.execute(READ, [keys]).fetchall()
            if not fits(int(found)):
                return False
            connection.execute(COUNT, [key, change])
            return True


def adding(limits: PostgresRateLimits, _: Database) -> int:
    return sum(limits.add(f"add {number}", 1, MINUTE) for number in range(TRIES))


def rising(limits: PostgresRateLimits, _: Database) -> int:
    return sum(limits.incr("rise", 1, 300, MINUTE) for _ in range(TRIES))


def falling(limits: PostgresRateLimits, _: Database) -> int:
    return sum(limits.decr("fall", 1, 0, MINUTE) for _ in range(TRIES))


def looking_back(limits: PostgresRateLimits, _: Database) -> int:
    window = WindowRateLimiter(limits, "back", limit=300, window=600)  # type: ignore[no-untyped-call]  # Dramatiq
    return sum(_taken(window) for _ in range(TRIES))


def sliding(limits: PostgresRateLimits, _: Database) -> int:
    """Wants it for seconds on end: how many were let in within which is in the table."""
    window = WindowRateLimiter(limits, "slide", limit=30, window=2)  # type: ignore[no-untyped-call]  # Dramatiq
    until = time.monotonic() + SLIDING_SECONDS
    taken = 0
    while time.monotonic() < until:
        taken += _taken(window)
    return taken


def holding(limits: PostgresRateLimits, database: Database) -> int:
    """Returns the most that ever held it at once, as each saw it who held it."""
    mutex = ConcurrentRateLimiter(limits, "hold", limit=3)  # type: ignore[no-untyped-call]  # Dramatiq
    most = 0
    for _ in range(TRIES):
        with mutex.acquire(raise_on_failure=False) as acquired:
            if acquired:
                with database.pool.connection() as connection:
                    ((id_,),) = connection.execute(
                        "INSERT INTO holder DEFAULT VALUES RETURNING id"
                    ).fetchall()
                    ((held,),) = connection.execute("SELECT count(*) FROM holder").fetchall()
                    connection.execute("DELETE FROM holder WHERE id = %s", [id_])
                most = max(most, int(held))
    return most


def _taken(window: WindowRateLimiter) -> bool:
    with window.acquire(raise_on_failure=False) as acquired:
        return bool(acquired)


def main(url: str, what: str, how: str) -> None:
    broker = PostgresBroker(url, middleware=[], pool_size=THREADS)
    limits = Naive(broker) if how == "naive" else PostgresRateLimits(broker)
    want: Callable[[PostgresRateLimits, Database], int] = globals()[what]
    counts: list[int] = []
    together = threading.Barrier(THREADS)

    def run() -> None:
        limits.add(f"warm {threading.get_ident()}", 1, MINUTE)
        together.wait(30)
        counts.append(want(limits, broker.outbox.database))

    threads = [threading.Thread(target=run, name="wants") for _ in range(THREADS)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == THREADS
    sys.stdout.write(f"{max(counts) if what == 'holding' else sum(counts)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
