"""Dead messages: looked at, given another life, or dropped."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from dramatiq import Message
from dramatiq.errors import DecodeError

from .acts import SOMEBODY, Acts
from .dead_rows import DeadGroup, DeadMessage, Which
from .revival import reborn
from .row import columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from .database import Database
    from .pool import Connection

# Messages a commit, and rows a statement looks at to find them.
BATCH = 500
WINDOW = 20_000
BEFORE_ALL = -(2**63)


def _untold(_: int) -> None:
    return None


class DeadMessages:
    """The dead messages of a broker, however many: no statement and no commit is a long one.

    Every method raises `BrokerUnavailableError` where the server cannot be reached.

    Args:
        database: Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

    def find(self, which: Which | None = None, *, most: int = 100) -> list[DeadMessage]:
        """List dead messages, the latest first."""
        parameters = (which or Which()).parameters() | {"most": most}
        return [DeadMessage(*row) for row in self._database.run("dead_list", parameters)]

    def content(self, dead: DeadMessage) -> Message[Any] | None:
        """Return what a dead message carries; None: it is gone, or no decoder can read it."""
        rows = self._database.run("dead_payload", {"id": dead.id})
        try:
            return Message.decode(rows[0][0]) if rows else None
        except DecodeError:
            return None

    def until_now(self, which: Which) -> Which:
        """Return the same without what dies from now on, by the database's clock.

        So that what is shown, confirmed and done is the same, though messages die meanwhile.
        """
        ((_, now),) = self._database.run("dead_last", {})
        return which if which.until is not None else replace(which, until=now)

    def groups(
        self, which: Which | None = None, *, told: Callable[[int], None] = _untold
    ) -> list[DeadGroup]:
        """Count dead messages by what killed them, the largest group first.

        Args:
            which: Only those.
            told: Told how many rows each step looked at.
        """
        parameters = (which or Which()).parameters() | {"walk": WINDOW}
        found: dict[tuple[str, str, str, str], DeadGroup] = {}
        after, last = BEFORE_ALL, self._last()
        while last is not None:
            rows = self._database.run("dead_groups", parameters | {"after": after, "last": last})
            upto, walked = rows[0][:2]
            if upto is None:
                break
            for row in rows:
                if row[2] is not None:
                    group = DeadGroup(*row[2:])
                    key = (group.queue, group.actor, group.reason, group.error)
                    found[key] = found[key].joined(group) if key in found else group
            told(walked)
            after = upto
        return sorted(found.values(), key=lambda group: (-group.messages, group.example))

    def retry(
        self,
        which: Which,
        *,
        by: str = SOMEBODY,
        most: int | None = None,
        told: Callable[[int], None] = _untold,
    ) -> int:
        """Enqueue dead messages again, as if they had never been tried, in batches.

        Each is in one place at any moment, dead or ready: its removal and its new life are one
        commit. What dies while this goes on is not retried by it, so that it ends though they die
        of the same at once.

        Args:
            which: Those.
            by: Who says so, for the record.
            most: No more than so many, those with the smallest ids.
            told: Told how many each commit was.

        Returns:
            How many.
        """
        return self._each_batch("dead retry", which, by, most, told)

    def drop(
        self,
        which: Which,
        *,
        by: str = SOMEBODY,
        most: int | None = None,
        told: Callable[[int], None] = _untold,
    ) -> int:
        """Delete dead messages for good, in batches; as `retry`.

        Returns:
            How many.
        """
        return self._each_batch("dead drop", which, by, most, told)

    def _last(self) -> int | None:
        ((last, _),) = self._database.run("dead_last", {})
        return None if last is None else int(last)

    def _each_batch(
        self, what: str, which: Which, by: str, most: int | None, told: Callable[[int], None]
    ) -> int:
        bounded, last = self.until_now(which), self._last()
        if last is None:
            return 0
        details = which.said() | {"most": most}
        act = self._acts.begin(what, "dead messages", by=by, details=details)
        after: int | None = BEFORE_ALL
        done = 0
        while after is not None and (most is None or done < most):
            batch = BATCH if most is None else min(BATCH, most - done)
            where = {"after": after, "last": last, "walk": WINDOW, "most": batch}
            parameters = bounded.parameters() | where
            after, taken = self._database.once(
                partial(self._take, what=what, act=act, parameters=parameters)
            )
            done += taken
            told(taken)
        self._acts.end(act)
        return done

    def _take(
        self, connection: Connection, *, what: str, act: int, parameters: dict[str, Any]
    ) -> tuple[int | None, int]:
        with connection.transaction():
            rows = self._database.run("dead_take", parameters, on=connection)
            upto: int | None = rows[0][0]
            taken = [row[2:] for row in rows if row[1] is not None]
            if taken:
                if what == "dead retry":
                    self._database.run("insert_messages", columns(reborn(taken)), on=connection)
                self._acts.count(act, len(taken), on=connection)
            return upto, len(taken)
