"""The threads of one turn, on one pool, and the look at the server meanwhile."""

from __future__ import annotations

import random
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

import psycopg

from benchmarks.origin_incident.outcome import Turn
from benchmarks.origin_incident.work import TurnOverError
from scout_workers.broker import BrokerUnavailableError, Pool

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from benchmarks.origin_incident.ways import Way
    from benchmarks.origin_incident.work import Work
    from scout_workers.domain.calls import Answer
    from scout_workers.store.transaction import Connection

REST_SECONDS: Final = (0.5, 1.5)  # of a short job's thread, between two of them
AFTER_FAILURE_SECONDS: Final = 0.1
LOOK_SECONDS: Final = 0.25
NAME: Final = "origin_incident"
IDLE: Final = """
SELECT count(*), count(*) FILTER (WHERE state = 'idle in transaction'
       AND now() - state_change > interval '0.2 seconds')
FROM pg_stat_activity WHERE application_name = %s
"""


class Fleet:
    """Two hundred threads that go one way for one turn.

    Args:
        url: The database.
        way: How they go.
        work: What they do.
        asked: threads, callers, connections and turn_seconds, of the command line.
    """

    def __init__(self, url: str, way: Way, work: Work, asked: argparse.Namespace) -> None:
        self._url, self._way, self._work, self._asked = url, way, work, asked
        # Held as long as somebody likes: the pool's own watchdog would be another way.
        self._pool = Pool(
            url, application_name=NAME, max_size=asked.connections, operation_timeout=3600.0
        )
        self._transactions = way.opened(self, work.scale)
        self._over = threading.Event()
        self._turn = Turn()
        self._began = 0.0

    def run(self) -> Turn:
        """Run the turn, and return what was seen."""
        self._pool.warm()
        jobs = [self._call] * self._asked.callers
        jobs += [self._hurry] * (self._asked.threads - self._asked.callers)
        threads = [
            threading.Thread(target=self._repeat, args=(job, number), name=f"fleet {number}")
            for number, job in enumerate(jobs)
        ]
        self._began = time.monotonic()
        for thread in threads:
            thread.start()
        self._look(self._began + self._asked.turn_seconds)
        self._over.set()
        for thread in threads:
            thread.join()
        self._pool.close()
        return self._turn

    @contextmanager
    def connection(self, *, timeout: float | None = None) -> Iterator[Connection]:
        """Lend a connection, and note how long it was waited for, in vain or not."""
        started = time.monotonic()
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(self._pool.connection(timeout=timeout))
            except BrokerUnavailableError:
                self._turn.refused.append(time.monotonic() - started)
                raise
            finally:
                self._turn.waits.append(time.monotonic() - started)
            yield connection

    def _repeat(self, job: Callable[[random.Random], float], number: int) -> None:
        chance = random.Random(number)
        self._over.wait(chance.uniform(*REST_SECONDS))  # not all at the same moment
        while not self._over.is_set():
            self._over.wait(job(chance))

    def _hurry(self, chance: random.Random) -> float:
        try:
            with self._transactions() as tx:
                self._work.short_job(tx)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is counted)
            self._turn.short_errors.append(type(error).__name__)
            return AFTER_FAILURE_SECONDS
        self._turn.short.append(time.monotonic() - self._began)
        return chance.uniform(*REST_SECONDS)

    def _call(self, chance: random.Random) -> float:
        answers: list[Answer] = []

        def ask() -> Answer:
            answers.append(self._work.ask(chance, self._over))
            return answers[0]

        try:
            self._way.analyze(self._transactions, self._work.next_capture(), ask)
        except TurnOverError:
            return 0.0
        except Exception as error:  # noqa: BLE001 (whatever it is, it is counted)
            self._turn.call_errors.append(type(error).__name__)
            self._turn.lost.extend(answers)
            return AFTER_FAILURE_SECONDS
        self._turn.calls.append(time.monotonic() - self._began)
        return 0.0

    def _look(self, until: float) -> None:
        with psycopg.connect(self._url, autocommit=True, application_name="bench") as connection:
            while (left := until - time.monotonic()) > 0:
                row = connection.execute(IDLE, [NAME]).fetchone()
                assert row is not None
                self._turn.connections.append(row[0])
                self._turn.idle.append(row[1])
                time.sleep(min(LOOK_SECONDS, left))
