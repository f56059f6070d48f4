"""A message of half a second with two short transactions, as a call to a model has around it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from psycopg_pool import ConnectionPool

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 0.5
APPLICATION_NAME = "bench_app"


class Sleeper:
    """Begins, waits, finishes; no connection is held while it waits.

    Args:
        url: The database.
        note: Told the moment each message is done.
    """

    def __init__(self, url: str, note: Callable[[float], None]) -> None:
        self._note = note
        self._pool = ConnectionPool(
            url, min_size=10, max_size=10, kwargs={"application_name": APPLICATION_NAME}, open=True
        )
        self._pool.wait()
        with self._pool.connection() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS bench_call (thread text, ended bool)")

    def __call__(self, _argument: float) -> None:
        """Do one."""
        me = threading.current_thread().name
        with self._pool.connection() as connection:
            connection.execute("INSERT INTO bench_call VALUES (%s, false)", [me])
        time.sleep(SECONDS)
        with self._pool.connection() as connection:
            connection.execute("INSERT INTO bench_call VALUES (%s, true)", [me])
        self._note(time.monotonic())
