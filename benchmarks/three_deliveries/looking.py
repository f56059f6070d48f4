"""The look from outside, again and again: connections, messages' options, what is left to do."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Self

import psycopg

from benchmarks.held import held

if TYPE_CHECKING:
    from collections.abc import Mapping

MESSAGES = "SELECT id, payload FROM scout_broker.message"
STANDING = """
SELECT (SELECT count(*) FROM scout_broker.message),
       (SELECT count(*) FROM scout.llm_calls WHERE status = 'started'),
       (SELECT coalesce(array_agg(pid), '{}') FROM scout_broker.worker)
"""
EVERY = 4  # looks, at the messages' options


class Looker:
    """Looks, and remembers the most of everything.

    Attributes:
        most: Connections at a time, by the name they go by.
        open_calls: Questions being asked, or thought to be.
        pids: Of the worker processes the broker knows.
    """

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, application_name="bench")
        self.most: Counter[str] = Counter()
        self.open_calls = 0
        self.pids: list[int] = []
        self._options: dict[int, Mapping[str, Any]] = {}
        self._looks = 0

    def look(self) -> bool:
        """Look once; return whether there is anything left to do."""
        self.most |= held(self._connection)
        if self._looks % EVERY == 0:
            for number, payload in self._connection.execute(MESSAGES):
                self._options[number] = json.loads(bytes(payload))["options"]
        self._looks += 1
        left, self.open_calls, self.pids = self._connection.execute(STANDING).fetchone() or (
            1,
            0,
            [],
        )
        return bool(left or self.open_calls)

    def total(self, option: str) -> int:
        """Add up an option that counts, such as `retries`, as it was last seen of each message."""
        return sum(options.get(option) or 0 for options in self._options.values())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
