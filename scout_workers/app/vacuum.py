"""How vacuum keeps up with our tables, the business's and the broker's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scout_workers import store
from scout_workers.broker import Finding, PostgresBroker
from scout_workers.broker.bloat import Freezing, bloat, freezing
from scout_workers.broker.database import Database
from scout_workers.broker.findings import vacuum_findings
from scout_workers.broker.vacuum import Holder, TableHealth, VacuumGuard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.app.app import App
    from scout_workers.broker.vacuum import VacuumReport

__all__ = ["Finding", "Holder", "VacuumLook", "VacuumTable", "findings", "look"]

MUCH_BYTES = 64 << 20
"""Less room to spare is not worth a word."""
MOST_SPARE = 0.5
NEARLY_DUE = 1.5
"""So many times the age at which freezing must come, and it does not come."""


@dataclass(frozen=True, slots=True)
class VacuumTable:
    """A table, what vacuum knows of it, and how much of its main fork is to spare, by estimate."""

    health: TableHealth
    bytes: int
    spare: int | None

    @property
    def spare_ratio(self) -> float | None:
        """The part of it that is to spare; None: nobody knows."""
        if self.spare is None:
            return None
        return self.spare / self.bytes if self.bytes else 0.0


@dataclass(frozen=True, slots=True)
class VacuumLook:
    """Everything that was looked at; `report` has the tables of both schemas, named with them."""

    report: VacuumReport
    tables: list[VacuumTable]
    freezing: Freezing


def look(app: App) -> VacuumLook:
    """Look at our tables, and at whoever keeps vacuum from them. Reads statistics, no table.

    Raises:
        BrokerError, psycopg.Error: The server could not be reached.
    """
    ours = Database(app.pool, store.SCHEMA)
    schemas = [ours]
    broker = app.broker
    if isinstance(broker, PostgresBroker):
        schemas.append(broker.outbox.database)
    reports = [VacuumGuard(each).look() for each in schemas]
    tables = []
    for database, report in zip(schemas, reports, strict=True):
        room = {each.name: each for each in bloat(database)}
        for health in report.tables:
            spare = room.get(health.name)
            named = replace(health, name=f"{database.schema}.{health.name}")
            tables.append(
                VacuumTable(named, spare.bytes if spare else 0, spare.spare if spare else None)
            )
    held = {(each.kind, each.name): each for report in reports for each in report.holders}
    # The one that holds back most comes first; who holds back nothing comes last.
    holders = sorted(held.values(), key=lambda each: -1 if each.behind is None else -each.behind)
    holders.sort(key=lambda each: each.xid is None)
    joint = replace(reports[0], tables=[each.health for each in tables], holders=holders)
    return VacuumLook(joint, tables, freezing(ours))


def findings(found: VacuumLook) -> list[Finding]:
    """Judge it: what needs a hand, or one good word; what is only worth knowing after it."""
    bad = list(vacuum_findings(found.report)) + list(_freezing(found))
    well = f"{found.report.dead} dead rows; nobody holds them back for long"
    return (bad or [Finding(good=True, subject="vacuum", text=well)]) + list(_spare(found))


def _freezing(found: VacuumLook) -> Iterator[Finding]:
    age, due = found.freezing.age, found.freezing.due_at
    if age > due * NEARLY_DUE:
        yield Finding(
            good=False,
            subject="freezing",
            text=f"the oldest transaction id is {age:,} transactions old, and vacuum was to freeze "
            f"it at {due:,}; at 2,000,000,000 the server takes no more writes",
            remedy="end what holds vacuum back, then: VACUUM (FREEZE) in this database",
        )


def _spare(found: VacuumLook) -> Iterator[Finding]:
    for table in found.tables:
        ratio = table.spare_ratio or 0.0
        if table.spare is not None and table.spare > MUCH_BYTES and ratio > MOST_SPARE:
            yield Finding(
                good=True,
                subject="room to spare",
                text=f"{table.health.name}: about {table.spare / 1e6:,.0f} MB of "
                f"{table.bytes / 1e6:,.0f} MB hold nothing",
                remedy="new rows fill it; if it is not to be needed again: pg_repack, or VACUUM "
                "FULL while nobody works",
            )
