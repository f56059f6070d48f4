"""The worker processes by hand: what each is at, and that it leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .acts import Acts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from .database import Database
    from .pool import Connection

MOST_LEASES = 10_000


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """A message under lease: `owner` has had it for so many `seconds`, this being its attempt."""

    owner: UUID
    id: int
    message_id: str
    queue: str
    actor: str
    attempt: int
    leased_at: datetime
    seconds: float


class Fleet:
    """The worker processes of a broker, on whatever machines.

    Every method raises `BrokerUnavailableError` where the server cannot be reached.

    Args:
        database: Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

    def leases(self, *, most: int = MOST_LEASES) -> list[LeaseRow]:
        """List what is under lease, no more than so many."""
        return [LeaseRow(*row) for row in self._database.run("leases", {"most": most})]

    def drain(self, ids: Sequence[UUID], by: str) -> int:
        """Ask worker processes to finish what they have, take nothing new and leave.

        Each hears of it with its next heartbeat, if it runs in the stock `dramatiq` command or
        somebody listens to the broker's `drain_asked`.

        Args:
            ids: Of the processes; one that is gone, or was asked already, is passed over.
            by: Who says so, for the record.

        Returns:
            How many were asked.
        """

        def ask(connection: Connection) -> int:
            with connection.transaction():
                asked = self._database.run("drain", {"ids": list(ids), "by": by}, on=connection)
                for id_, host, pid in asked:
                    act = self._acts.begin(
                        "worker drain", f"{host}:{pid}", by=by, details={"id": id_}, on=connection
                    )
                    self._acts.end(act, on=connection)
                return len(asked)

        return self._database.once(ask)
