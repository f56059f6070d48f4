"""dramatiq-postgres: claims in batches, acknowledges one by one, LISTEN/NOTIFY and polling."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import psycopg
from dramatiq_postgres import PostgresBroker
from dramatiq_postgres.schema import init
from psycopg.types.json import Json

from .dramatiq_contender import DramatiqContender

INSERT = """
INSERT INTO dramatiq.queue (queue_name, message_id, state, message) VALUES (%s, %s, 'queued', %s)
"""


class DramatiqPostgres(DramatiqContender):
    """Its broker with its defaults, but for the results it is not asked for."""

    def make_broker(self) -> Any:  # noqa: ANN401 (it has no types)
        """Nothing but the URL."""
        return PostgresBroker(url=self.url, results=False)

    def setup(self) -> None:
        """Run its `init`."""
        with self._probe.cursor() as cursor:
            init(cursor)

    def fill(self, count: int) -> None:
        """Write what its enqueue writes, in one transaction and without its notifications."""
        messages = [self.message(self.queues[0], float(number)) for number in range(count)]
        with self._probe.transaction(), self._probe.cursor() as cursor:
            rows = [(m.queue_name, m.message_id, Json(m.asdict())) for m in messages]
            cursor.executemany(INSERT, rows)

    def is_empty(self) -> bool:
        """Look for what is not gone."""
        statement = (
            "SELECT NOT EXISTS (SELECT FROM dramatiq.queue WHERE state IN ('queued', 'consumed'))"
        )
        row = self._probe.execute(statement).fetchone()
        return bool((row or (False,))[0])

    @cached_property
    def _probe(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url, autocommit=True, application_name="bench")
