"""What an operator may say of a queue while it runs: stop, go on, not more than so many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from .database import Database


@dataclass(frozen=True, slots=True)
class QueueControl:
    """What holds for one queue, in every process.

    Attributes:
        paused_at: Since when nothing is claimed from it; None: it is not paused.
        paused_by: Who said so.
        global_limit: The most messages under lease in the whole fleet; None: no limit.
    """

    queue: str
    paused_at: datetime | None
    paused_by: str | None
    global_limit: int | None


class Controls:
    """Changes what workers may claim; they obey from their next look on.

    Every method raises `BrokerUnavailableError` where the server cannot be reached.

    Args:
        database: Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def pause(self, queue: str, by: str) -> None:
        """Let nothing more be claimed from a queue; what is being worked on ends by itself.

        Args:
            queue: Its name; it need not hold anything yet.
            by: Who says so, for whoever wonders later.
        """
        self._database.run("pause", {"queue": queue, "by": by})

    def resume(self, queue: str) -> None:
        """Let a queue be claimed from again."""
        self._database.run("resume", {"queue": queue})

    def limit(self, queue: str, most: int | None) -> None:
        """Limit how many of a queue's messages the whole fleet may work on at once.

        Exact from the moment every process has ended the claim it may be in; what is under lease
        above a lowered limit ends by itself.

        Args:
            queue: Its name.
            most: The limit; None: no limit but each process's own.

        Raises:
            ValueError: A negative limit.
        """
        if most is not None and most < 0:
            raise ValueError(f"a limit is 0 or more, not {most}")
        self._database.run("limit", {"queue": queue, "most": most})

    def all(self) -> list[QueueControl]:
        """List every queue of which something was said."""
        return [QueueControl(*row) for row in self._database.run("controls", {})]
