"""Watches what keeps vacuum from the broker's tables: every claim pays for dead rows left there."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from .database import Database

logger = logging.getLogger(__name__)

HELD_SECONDS = 300.0  # an old snapshot is one that is held for longer
FEW_DEAD_ROWS = 10_000  # what costs nobody anything


@dataclass(frozen=True, slots=True)
class ServerView:
    """Who asks; whether he is shown others' states and statements; whether autovacuum runs."""

    role: str
    sees_all: bool
    autovacuum: bool


@dataclass(frozen=True, slots=True)
class TableHealth:
    """What vacuum knows of one table.

    Attributes:
        live: Rows, by estimate.
        dead: Versions of rows that nobody needs and vacuum has not removed, by estimate.
        settings: What was said of this very table, as `name=value`.
        due_at: From how many dead rows on autovacuum comes.
        table_bytes: Its size with what is stored apart from the rows.
        index_bytes: The size of its indexes.
    """

    name: str
    live: int
    dead: int
    vacuumed_at: datetime | None
    autovacuumed_at: datetime | None
    settings: list[str]
    due_at: float
    table_bytes: int
    index_bytes: int

    @property
    def dead_ratio(self) -> float:
        """Dead rows as a fraction of all."""
        return self.dead / (self.live + self.dead) if self.dead else 0.0


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody whose snapshot or transaction is open.

    Attributes:
        kind: `session`, `slot` (of a standby) or `prepared` (a prepared transaction).
        name: The session's pid; the name of the slot or the transaction.
        who: The role; None for a slot.
        state: As pg_stat_activity has it; None where this role is not shown it.
        open_seconds: Since when its transaction is open; None where that is not shown.
        idle_seconds: For how long it has been idle in that transaction.
        xid: What is younger than this it holds back; None: it holds back nothing.
        behind: How many transactions began since.
        query: The beginning of its statement; None where that is not shown.
    """

    kind: str
    name: str
    application_name: str | None
    who: str | None
    state: str | None
    open_seconds: float | None
    idle_seconds: float | None
    xid: str | None
    behind: int | None
    query: str | None

    def __str__(self) -> str:
        if self.kind == "slot":
            return f"the {self.state} replication slot {self.name!r}"
        if self.kind == "prepared":
            return f"the prepared transaction {self.name!r} of {self.who!r}"
        named = f" ({self.application_name})" if self.application_name else ""
        state = f", {self.state}" if self.state else ""
        return f"session {self.name} of {self.who!r}{named}{state}"

    @property
    def remedy(self) -> str:
        """What ends it."""
        if self.kind == "slot":
            return (
                "end what its standby runs, or if the standby is gone for good: "
                f"SELECT pg_drop_replication_slot('{self.name}')"
            )
        if self.kind == "prepared":
            return f"COMMIT PREPARED '{self.name}' or ROLLBACK PREPARED '{self.name}'"
        return f"have it end its transaction, or: SELECT pg_terminate_backend({self.name})"


@dataclass(frozen=True, slots=True)
class VacuumReport:
    """How it stands; `holders` begins with the one that holds back most."""

    server: ServerView
    tables: list[TableHealth]
    holders: list[Holder]

    @property
    def dead(self) -> int:
        """Dead rows of all tables of the broker."""
        return sum(table.dead for table in self.tables)

    @property
    def oldest(self) -> Holder | None:
        """Who holds back most, if anybody does."""
        return next((holder for holder in self.holders if holder.xid is not None), None)


class VacuumGuard:
    """Says who keeps vacuum from the broker's tables. Any process does it; there is no leader.

    Args:
        database: Where.
        held_seconds: How long something may be held back before that is worth a warning.
        few: How many dead rows are not worth one.
    """

    def __init__(
        self, database: Database, *, held_seconds: float = HELD_SECONDS, few: int = FEW_DEAD_ROWS
    ) -> None:
        self._database = database
        self._held_seconds = held_seconds
        self._few = few
        self._dead = 0
        self._seen: dict[tuple[str, str, str | None], float] = {}
        self._told: set[tuple[str, str, str | None]] = set()

    def look(self) -> VacuumReport:
        """Look at the tables, and at whoever may hold vacuum back.

        Raises:
            BrokerUnavailableError: The server could not be reached.
        """
        (server,) = self._database.run("vacuum_server", {})
        tables = self._database.run("vacuum_tables", {"schema": self._database.schema})
        holders = self._database.run("vacuum_holders", {})
        return VacuumReport(
            ServerView(*server),
            [TableHealth(*row) for row in tables],
            [Holder(*row) for row in holders],
        )

    def run_once(self) -> None:
        """Warn, once each, of the holder that holds back most while dead rows grow in number.

        For how long it does is measured from look to look: that a session is at the same
        transaction id is shown to every role, and tells more than when its transaction began.

        Raises:
            BrokerUnavailableError: The server could not be reached.
        """
        report, now = self.look(), time.monotonic()
        holding = {(each.kind, each.name, each.xid): each for each in report.holders if each.xid}
        self._seen = {key: self._seen.get(key, now) for key in holding}
        self._told &= holding.keys()
        grew, self._dead = report.dead > self._dead, report.dead
        oldest = next(iter(holding), None)
        if oldest is None or oldest in self._told or not grew or report.dead <= self._few:
            return
        held = now - self._seen[oldest]
        if held >= self._held_seconds:
            self._told.add(oldest)
            logger.warning(
                "vacuum is held back by %s, for %.0f s at least: %d dead rows in the broker's "
                "tables, and more of them slow every claim down; %s",
                holding[oldest],
                held,
                report.dead,
                holding[oldest].remedy,
            )
