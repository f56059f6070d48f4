"""procrastinate on psycopg."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import psycopg
from procrastinate import App, PsycopgConnector

from .contender import Contender
from .looped import Loop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT_ONCE = 1000


class Procrastinate(Contender):
    """An async task a queue; as many at once as the others have threads; done jobs are deleted."""

    def __init__(self, url: str, queues: Sequence[str]) -> None:
        super().__init__(url, queues)
        self._loop = Loop()
        self._app = App(connector=self._connector())
        self._loop.run(self._open())
        self._tasks: dict[str, Any] = {
            queue: self._app.task(queue=queue, name=f"work_{queue}")(self._job)
            for queue in self.queues
        }

    async def _open(self) -> None:
        await self._app.open_async()

    def _connector(self) -> Any:  # noqa: ANN401 (not importable where mypy runs)
        return PsycopgConnector(
            conninfo=self.url, kwargs={"application_name": "procrastinate"}, max_size=10
        )

    async def _job(self, argument: float) -> None:
        self.body(argument)

    def setup(self) -> None:
        """Apply its schema."""
        self._loop.run(self._app.schema_manager.apply_schema_async())

    def fill(self, count: int) -> None:
        """Defer a thousand at a time."""
        for begin in range(0, count, AT_ONCE):
            numbers = range(begin, min(begin + AT_ONCE, count))
            self.bulk(self.queues[0], [float(number) for number in numbers])()

    def send(self, queue: str, argument: float) -> None:
        """Defer one job."""
        self._loop.run(self._tasks[queue].defer_async(argument=argument))

    def bulk(self, queue: str, arguments: Sequence[float]) -> Callable[[], object]:
        """Take the arguments of each job, in one statement."""
        jobs = [{"argument": argument} for argument in arguments]
        return lambda: self._loop.run(self._tasks[queue].batch_defer_async(*jobs))

    def start(self, threads: int) -> None:
        """Run its worker in the loop."""
        self._loop.start(
            self._app.run_worker_async(
                concurrency=threads, delete_jobs="always", install_signal_handlers=False
            )
        )

    def is_empty(self) -> bool:
        """Look into the table."""
        row = self._probe.execute("SELECT NOT EXISTS (SELECT FROM procrastinate_jobs)").fetchone()
        return bool((row or (False,))[0])

    @cached_property
    def _probe(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url, autocommit=True, application_name="bench")
