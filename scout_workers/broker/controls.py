"""What an operator may say of a queue while it runs: stop, go on, not more than so many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .acts import SOMEBODY, Acts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .database import Database
    from .pool import Connection


@dataclass(frozen=True, slots=True)
class QueueControl:
    """What holds for one queue, in every process; a pause that is over does not.

    Attributes:
        paused_at: Since when nothing is claimed from it; None: it is not paused.
        paused_by: Who said so.
        global_limit: The most messages under lease in the whole fleet; None: no limit.
        paused_because: Why.
        paused_until: When the pause ends by itself; None: when somebody ends it.
        process_limit: The most messages one process may hold, instead of what it was started with.
    """

    queue: str
    paused_at: datetime | None
    paused_by: str | None
    global_limit: int | None
    paused_because: str | None = None
    paused_until: datetime | None = None
    process_limit: int | None = None


class Controls:
    """Changes what workers may claim, each change on record as an act.

    A pause and a fleet's limit hold from each process's next look on; a process's own limit from
    its next heartbeat on. Every method raises `BrokerUnavailableError` where the server cannot be
    reached.

    Args:
        database: Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

    def pause(
        self, queue: str, by: str, *, because: str | None = None, until: datetime | None = None
    ) -> bool:
        """Let nothing more be claimed from a queue; what is being worked on ends by itself.

        Args:
            queue: Its name; it need not hold anything yet.
            by: Who says so, for whoever wonders later.
            because: Why, for the same.
            until: When it is claimed from again by itself.

        Returns:
            Whether it was not paused before; else that pause stays as it is.
        """
        parameters = {"queue": queue, "by": by, "because": because, "until": until}
        details = {"because": because, "until": until}
        return bool(self._done("pause", parameters, by=by, details=details))

    def resume(self, queue: str, by: str = SOMEBODY) -> bool:
        """Let a queue be claimed from again.

        Returns:
            Whether it was paused.
        """
        return bool(self._done("resume", {"queue": queue}, by=by, details={}))

    def limit(self, queue: str, most: int | None, by: str = SOMEBODY) -> None:
        """Limit how many of a queue's messages the whole fleet may work on at once.

        Exact from the moment every process has ended the claim it may be in; what is under lease
        above a lowered limit ends by itself.

        Args:
            queue: Its name.
            most: The limit; None: no limit but each process's own.
            by: Who says so, for the record.

        Raises:
            ValueError: A negative limit.
        """
        self._limit("limit", queue, most, by, "fleet")

    def limit_process(self, queue: str, most: int | None, by: str = SOMEBODY) -> None:
        """Limit how many of a queue's messages one process may hold; as `limit`.

        Args:
            queue: Its name.
            most: The limit; None: what each process was started with.
            by: Who says so, for the record.

        Raises:
            ValueError: A negative limit.
        """
        self._limit("limit_process", queue, most, by, "process")

    def all(self) -> list[QueueControl]:
        """List every queue of which something was said."""
        return [QueueControl(*row) for row in self._database.run("controls", {})]

    def _limit(self, name: str, queue: str, most: int | None, by: str, of: str) -> None:
        if most is not None and most < 0:
            raise ValueError(f"a limit is 0 or more, not {most}")
        details = {of: "none" if most is None else most}
        self._done(name, {"queue": queue, "most": most}, by=by, details=details)

    def _done(
        self, name: str, parameters: dict[str, Any], *, by: str, details: Mapping[str, object]
    ) -> list[tuple[Any, ...]]:
        """Change one thing and put it on record, if it is a change, in one commit."""

        def change(connection: Connection) -> list[tuple[Any, ...]]:
            with connection.transaction():
                changed = self._database.run(name, parameters, on=connection)
                if changed:
                    what = f"queue {name.partition('_')[0]}"
                    subject = parameters["queue"]
                    act = self._acts.begin(what, subject, by=by, details=details, on=connection)
                    self._acts.end(act, on=connection)
                return changed

        return self._database.once(change)
