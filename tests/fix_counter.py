"""Somebody who begins questions of one yard under limits and budgets, each another one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from scout_workers.broker import Pool
from scout_workers.domain import leases
from scout_workers.domain.calls import Answer, Estimate, ModelName, Usage
from scout_workers.domain.gates import Limits
from scout_workers.domain.terms import Terms
from scout_workers.store import Store, budgets, ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_store import Database, Yard

    from scout_workers.domain.errors import ScoutError

FIRST, SECOND = ModelName("p", "first"), ModelName("q", "second")
CENT = 10_000


def _most(name: ModelName, estimate: Estimate) -> int | None:
    return None if name.model == "unpriced" else CENT * bool(estimate.input_tokens)


@dataclass
class Counter:
    """Begins questions of the yard, each another one.

    Attributes:
        gates: The one connection on which gates are passed, as the product has it.
    """

    pool: Pool
    gates: Pool
    yard: Yard
    database: Database
    numbers: count[int]

    def store(self, limits: Limits | None = None, fallbacks: tuple[ModelName, ...] = ()) -> Store:
        terms = Terms({"describe": fallbacks}, {"p": limits or Limits()}, _most)
        return Store(self.pool, terms=terms, gates=self.gates)

    def request(self, **changes: Any) -> ledger.Request:
        request = ledger.Request(
            key=f"describe:{next(self.numbers)}",
            purpose="describe",
            subject_id=uuid4(),
            organization_id=self.yard.organization_id,
            camera_id=self.yard.camera_id,
            provider=FIRST.provider,
            model=FIRST.model,
            estimate=Estimate(100, 20),
        )
        return replace(request, **changes)

    def begin(self, store: Store | None = None, **changes: Any) -> ledger.Call:
        request = self.request(**changes)
        with (store or self.store()).transaction() as tx:
            return ledger.begin(tx, request, leases.token(1, 1, uuid4(), "m"))

    def refused(self, store: Store | None = None, **changes: Any) -> ScoutError:
        refusal = self.begin(store, **changes).refusal
        assert refusal is not None
        return refusal

    def set_budget(self, limit: int | None, period: budgets.Period = "day") -> None:
        with self.store().transaction() as tx:
            budgets.set_limit(tx, self.yard.organization_id, period, limit)

    def receipt(self, call: ledger.Call, cost: int | None) -> bool:
        answer = Answer(f"of {call.id}", "m", Usage(60, 10), cost, "test", 1)
        with self.store().transaction() as tx:
            return ledger.receipt(tx, call, answer)


@pytest.fixture
def counter(
    store_pool: Pool, store_route: str, yard: Yard, database: Database
) -> Iterator[Counter]:
    gates = Pool(store_route, application_name="scout_gates", max_size=1)
    yield Counter(store_pool, gates, yard, database, count(1))
    gates.close()
