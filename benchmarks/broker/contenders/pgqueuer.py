"""pgqueuer on asyncpg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.queries import Queries

from .contender import Contender
from .looped import Loop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT_ONCE = 1000


class Pgqueuer(Contender):
    """An async entrypoint a queue; fetched in batches of the threads the others have."""

    def __init__(self, url: str, queues: Sequence[str]) -> None:
        super().__init__(url, queues)
        self._loop = Loop()
        self._connection = self._loop.run(self._connect())
        self._queries = Queries(AsyncpgDriver(self._connection))

    async def _connect(self) -> Any:  # noqa: ANN401 (asyncpg has no types)
        settings = {"application_name": "pgqueuer-producer"}
        return await asyncpg.connect(self.url, server_settings=settings)

    def setup(self) -> None:
        """Run its `install`."""
        self._loop.run(self._queries.install())

    def fill(self, count: int) -> None:
        """Enqueue a thousand at a time."""
        for begin in range(0, count, AT_ONCE):
            numbers = range(begin, min(begin + AT_ONCE, count))
            self.bulk(self.queues[0], [float(number) for number in numbers])()

    def send(self, queue: str, argument: float) -> None:
        """Enqueue one job."""
        self._loop.run(self._queries.enqueue(queue, str(argument).encode()))

    def bulk(self, queue: str, arguments: Sequence[float]) -> Callable[[], object]:
        """Take lists of columns, in one statement."""
        payloads = [str(argument).encode() for argument in arguments]
        names, priorities = [queue] * len(payloads), [0] * len(payloads)
        return lambda: self._loop.run(self._queries.enqueue(names, payloads, priorities))

    def start(self, threads: int) -> None:
        """Run its manager in the loop."""
        self._loop.start(self._work(threads))

    async def _work(self, threads: int) -> None:
        settings = {"application_name": "pgqueuer"}
        pool = await asyncpg.create_pool(self.url, min_size=2, server_settings=settings)
        manager = PgQueuer(AsyncpgPoolDriver(pool))
        for queue in self.queues:
            manager.entrypoint(queue)(self._job)
        await manager.run(batch_size=threads, max_concurrent_tasks=2 * threads)

    async def _job(self, job: Any) -> None:  # noqa: ANN401 (not importable where mypy runs)
        self.body(float(job.payload))

    def is_empty(self) -> bool:
        """Look into the table."""
        statement = "SELECT NOT EXISTS (SELECT FROM pgqueuer)"
        return bool(self._loop.run(self._connection.fetchval(statement)))
