"""Backfills over the broker's real table, their steps and captures delivered one by one."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from fix_deliveries import KilledError

from scout_workers import messages
from scout_workers.domain.backfills import Selection, Throttle
from scout_workers.resources import provide, resources
from scout_workers.store import Store, Transaction, backfill_reports, backfills

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from fix_deliveries import Deliveries
    from psycopg.sql import SQL, Composed

    from scout_workers.broker import Pool
    from scout_workers.store.backfill_reports import BackfillLine

ADVANCES = "SELECT id FROM scout_broker.message WHERE actor = 'advance_backfill' ORDER BY id"
OTHERS = (
    "SELECT id FROM scout_broker.message WHERE actor <> 'advance_backfill' "
    "AND queue = %s ORDER BY id"
)


@dataclass
class Backfilling:
    """One camera's history, its backfill, and the deliveries of its messages.

    Attributes:
        most: The most messages that were seen on the queue of backfills.
    """

    deliveries: Deliveries
    most: int = 0

    def begin(self, throttle: Throttle | None = None, **selection: Any) -> UUID:
        """Plan and start a backfill of everything that has no analysis, or as said."""
        wanted = Selection(self.deliveries.yard.organization_id, **selection)
        with self.deliveries.yard.store.transaction() as tx:
            found, _ = backfills.plan(
                tx, wanted, throttle or Throttle(max_in_flight=3), wish="all", by="test", total=0
            )
            step = backfills.start(tx, found, by="test")
            messages.advance_backfill(found, step).send(tx)
        return found

    def line(self, backfill_id: UUID) -> BackfillLine:
        """The backfill as people see it."""
        with self.deliveries.yard.store.transaction() as tx:
            (line,) = backfill_reports.lines(tx, backfill_id=backfill_id)
        return line

    def step(self, **fate: Any) -> BaseException | None:
        """Deliver the messages that ask for a step; return what the last one died of."""
        died = None
        for (row,) in self.deliveries.database.rows(ADVANCES):
            died = self.deliveries.deliver(row, **fate)
        self.look()
        return died

    def analyze(self, most: int = 1000) -> int:
        """Deliver what waits on the queue of backfills; return how many."""
        rows = self.deliveries.database.rows(OTHERS, messages.BACKFILL)[:most]
        for (row,) in rows:
            assert self.deliveries.deliver(row) is None
        return len(rows)

    def finish(self, *, steps: int = 60) -> None:
        """Deliver everything there is, by turns, until no step follows."""
        for _ in range(steps):
            if not self.deliveries.database.rows(ADVANCES):
                return
            assert self.step() is None
            self.analyze(2)
            for (row,) in self.deliveries.database.rows(OTHERS, messages.DEFAULT):
                assert self.deliveries.deliver(row) is None
        pytest.fail("the backfill does not come to an end")

    def look(self) -> None:
        """Count what is on the queue of backfills."""
        now = len(self.deliveries.database.rows(OTHERS, messages.BACKFILL))
        self.most = max(self.most, now)


@pytest.fixture
def backfilling(deliveries: Deliveries) -> Backfilling:
    return Backfilling(deliveries)


@dataclass
class Strike:
    """Kills whoever is about to run the statement of that number."""

    at: int | None = None
    names: list[str] = field(default_factory=list)

    def reach(self, name: str) -> None:
        self.names.append(name)
        if self.at == len(self.names) - 1:
            raise KilledError(name)


class StruckTransaction(Transaction):
    """A transaction with a point before each of its statements."""

    def __init__(self, tx: Transaction, strike: Strike) -> None:
        super().__init__(tx.connection, tx.terms, tx.aside)
        self._strike = strike
        self._hooks = tx._hooks

    def execute(self, query: SQL | Composed, parameters: Mapping[str, Any]) -> int:
        self._strike.reach(_first_word(query))
        return super().execute(query, parameters)

    def row(self, query: SQL | Composed, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
        self._strike.reach(_first_word(query))
        return super().row(query, parameters)

    def rows(self, query: SQL | Composed, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        self._strike.reach(_first_word(query))
        return super().rows(query, parameters)


class StruckStore(Store):
    """A store whose transactions can be struck before any statement, and before their commit."""

    def __init__(self, pool: Pool, strike: Strike) -> None:
        super().__init__(pool)
        self._strike = strike

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with super().transaction() as tx:
            yield StruckTransaction(tx, self._strike)
            self._strike.reach("commit")
        self._strike.reach("after the commit")


@contextmanager
def struck(pool: Pool, at: int | None) -> Iterator[Strike]:
    """Give actors a store that kills them before the statement of that number."""
    usual = resources()
    strike = Strike(at)
    provide(usual._replace(store=StruckStore(pool, strike)))
    try:
        yield strike
    finally:
        provide(usual)


def _first_word(query: SQL | Composed) -> str:
    lines = query.as_string().splitlines()
    return next(line for line in lines if line and not line.startswith("--"))[:60]
