"""This broker, through its public face."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import psycopg

from scout_workers.broker import PostgresBroker, migrate

from .dramatiq_contender import DramatiqContender

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT_ONCE = 1000


class Ours(DramatiqContender):
    """PostgresBroker with its defaults."""

    broker: PostgresBroker

    def make_broker(self) -> PostgresBroker:
        """Nothing but the URL."""
        return PostgresBroker(self.url)

    def setup(self) -> None:
        """Migrate."""
        migrate(self.url)

    def fill(self, count: int) -> None:
        """Enqueue a thousand at a time."""
        for begin in range(0, count, AT_ONCE):
            numbers = range(begin, min(begin + AT_ONCE, count))
            self.bulk(self.queues[0], [float(number) for number in numbers])()

    def bulk(self, queue: str, arguments: Sequence[float]) -> Callable[[], object]:
        """Take messages, in one statement and one commit."""
        messages = [self.message(queue, argument) for argument in arguments]
        return lambda: self.broker.enqueue_many(messages)

    def is_empty(self) -> bool:
        """Look into the table."""
        row = self._probe.execute("SELECT NOT EXISTS (SELECT FROM scout_broker.message)").fetchone()
        return bool((row or (False,))[0])

    @cached_property
    def _probe(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url, autocommit=True, application_name="bench")
