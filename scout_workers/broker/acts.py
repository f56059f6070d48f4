"""What operators do by hand, on record: who, when, what, and to how many messages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .database import Database
    from .pool import Connection

SOMEBODY = "a program"


@dataclass(frozen=True, slots=True)
class Act:
    """One act.

    Attributes:
        ended_at: None: it is going on, or was killed on its way.
        what: In two words: "dead retry", "queue pause".
        subject: What it was done to: a queue, a worker, "dead messages".
        details: How it was asked for.
        messages: How many messages it was done to.
    """

    id: int
    at: datetime
    ended_at: datetime | None
    by: str
    what: str
    subject: str
    details: dict[str, Any]
    messages: int


class Acts:
    """Keeps acts on record, in the commits that do them.

    Args:
        database: Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        what: str,
        subject: str,
        *,
        by: str,
        details: Mapping[str, object],
        on: Connection | None = None,
    ) -> int:
        """Note an act before anything of it is done; return its number.

        Args:
            what: In two words.
            subject: What it is done to.
            by: Who does it.
            details: How it was asked for; what is None is left out.
            on: A connection whose transaction does the act; None: what follows does.
        """
        said = {name: value for name, value in details.items() if value is not None}
        parameters = {
            "by": by,
            "what": what,
            "subject": subject,
            "details": json.dumps(said, default=str),
        }
        ((act,),) = self._database.run("act_begin", parameters, on=on)
        return int(act)

    def count(self, act: int, messages: int, *, on: Connection) -> None:
        """Count messages an act is done to, in the transaction that does it."""
        self._database.run("act_count", {"id": act, "messages": messages}, on=on)

    def end(self, act: int, *, on: Connection | None = None) -> None:
        """Note that an act came to its end."""
        self._database.run("act_end", {"id": act}, on=on)

    def latest(self, *, subject: str | None = None, most: int = 100) -> list[Act]:
        """List acts, the latest first.

        Raises:
            BrokerUnavailableError: The server could not be reached.
        """
        rows = self._database.run("acts", {"subject": subject, "most": most})
        return [Act(*row) for row in rows]
