"""dramatiq-pg: Dramatiq 1.18, psycopg2, LISTEN/NOTIFY."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

import psycopg2
from dramatiq_pg import PostgresBroker
from dramatiq_pg.schema import generate_init_sql
from psycopg2.extras import execute_values

from .dramatiq_contender import DramatiqContender

MOST_CONNECTIONS = 100


class DramatiqPg(DramatiqContender):
    """Its broker with its defaults, but for the results it is not asked for and its pool.

    With fewer connections than threads its acknowledgements fail instead of waiting, so where
    one queue is drained it has enough; with several it has its default, as its users do.
    """

    def make_broker(self) -> Any:  # noqa: ANN401 (it has no types)
        """A connection a thread for one queue, else its default."""
        most = f"?maxconn={MOST_CONNECTIONS}" if len(self.queues) == 1 else ""
        return PostgresBroker(url=self.url + most, results=False)

    def setup(self) -> None:
        """Run what its `init` prints."""
        with self._probe.cursor() as cursor:
            cursor.execute(generate_init_sql())

    def fill(self, count: int) -> None:
        """Write what its enqueue writes, in one transaction and without its notifications."""
        messages = [self.message(self.queues[0], float(number)) for number in range(count)]
        rows = [(m.queue_name, m.message_id, "queued", json.dumps(m.asdict())) for m in messages]
        with self._probe.cursor() as cursor:
            execute_values(
                cursor,
                "INSERT INTO dramatiq.queue (queue_name, message_id, state, message) VALUES %s",
                rows,
                page_size=1000,
            )

    def is_empty(self) -> bool:
        """Look for what is not done."""
        with self._probe.cursor() as cursor:
            cursor.execute("SELECT NOT EXISTS (SELECT FROM dramatiq.queue WHERE state <> 'done')")
            return bool(cursor.fetchone()[0])

    @cached_property
    def _probe(self) -> Any:  # noqa: ANN401 (psycopg2 has no types here)
        connection = psycopg2.connect(self.url, application_name="bench")
        connection.autocommit = True
        return connection
