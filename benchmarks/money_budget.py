"""A crowd against a budget: never more than the budget is spent; the rest waits until it is raised.

    python benchmarks/money_budget.py [--threads 40] [--questions 200] [--admits 69]

On an embedded Postgres of its own. Threads begin questions, all at once, whose upper bound is a
cent each, under a budget that holds so many cents; somebody looks at the budget all the time.
Prints a table; exit code 1 if the budget was exceeded or anything was left undone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from scout_workers import settings
from scout_workers.app import App, open_app
from scout_workers.domain.calls import Answer, Estimate, Usage
from scout_workers.domain.errors import ErrorClass
from scout_workers.domain.terms import Terms
from scout_workers.store import Store, budgets, ledger, organizations

if TYPE_CHECKING:
    from uuid import UUID

CENT = 10_000


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--threads", type=int, default=40)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--admits", type=int, default=69)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scout-bench-") as folder:
        Path(folder).chmod(0o711)
        with open_app(settings.load(data_dir=Path(folder))) as app:
            return run(app, asked)


class Crowd:
    """Threads that begin questions, and a look-out on the budget."""

    def __init__(self, app: App, organization: UUID, threads: int) -> None:
        self.store = Store(app.pool, terms=Terms(most=lambda _name, _estimate: CENT))
        self.organization = organization
        self.threads = threads
        self.most = 0
        self.waits: list[float] = []
        self._over = threading.Event()

    def ask(self, keys: list[str]) -> list[str]:
        """Put questions, all at once; return those that were deferred."""
        watcher = threading.Thread(target=self._watch, name="look-out")
        self._over.clear()
        watcher.start()
        with ThreadPoolExecutor(self.threads, "asking") as pool:
            deferred = [
                key for key, done in zip(keys, pool.map(self._one, keys), strict=True) if not done
            ]
        self._over.set()
        watcher.join()
        return deferred

    def _one(self, key: str) -> bool:
        request = ledger.Request(
            key,
            "describe",
            uuid4(),
            self.organization,
            None,
            "bench",
            "m",
            estimate=Estimate(1000, 100),
        )
        started = time.perf_counter()
        with self.store.transaction() as tx:
            call = ledger.begin(tx, request, str(uuid4()))
        self.waits.append(time.perf_counter() - started)
        if call.refusal is not None:
            assert call.refusal.error_class is ErrorClass.BUDGET
            return False
        answer = Answer("{}", "m", Usage(1000, 100), CENT, "bench", 1)
        self.store.insist(lambda tx: ledger.receipt(tx, call, answer))
        return True

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            with self.store.transaction() as tx:
                (budget,) = budgets.show(tx)
            self.most = max(self.most, budget.spent_microdollars + budget.reserved_microdollars)


def run(app: App, asked: argparse.Namespace) -> int:
    """Spend the budget, raise it, and print what happened."""
    with app.store.transaction() as tx:
        organization = organizations.find_or_create(tx, "bench")
        budgets.set_limit(tx, organization, "day", asked.admits * CENT)
    crowd = Crowd(app, organization, asked.threads)
    keys = [f"question {number}" for number in range(asked.questions)]
    deferred = crowd.ask(keys)
    most = crowd.most
    with app.store.transaction() as tx:
        (first,) = budgets.show(tx)
        budgets.set_limit(tx, organization, "day", asked.questions * CENT)
    left = crowd.ask(deferred)
    with app.store.transaction() as tx:
        (last,) = budgets.show(tx)
    waits = sorted(crowd.waits)
    table = Table("", "budget", "spent", "most spent and held", "made", "deferred")
    limit = asked.admits * CENT
    table.add_row(
        "as it was",
        cents(limit),
        cents(first.spent_microdollars),
        cents(most),
        str(asked.questions - len(deferred)),
        str(len(deferred)),
    )
    table.add_row(
        "raised",
        cents(last.limit_microdollars),
        cents(last.spent_microdollars),
        cents(crowd.most),
        str(len(deferred) - len(left)),
        str(len(left)),
    )
    console = Console()
    console.print(f"{asked.questions} questions of a cent each, {asked.threads} threads at once")
    console.print(table)
    console.print(
        f"a begin took {waits[len(waits) // 2] * 1000:.1f} ms (median), "
        f"{waits[int(len(waits) * 0.99)] * 1000:.1f} ms (p99), waiting for its turn included"
    )
    fine = (
        first.spent_microdollars == limit
        and most <= limit
        and not left
        and last.spent_microdollars == asked.questions * CENT
    )
    return 0 if fine else 1


def cents(microdollars: int) -> str:
    """Write an amount."""
    return f"${microdollars / 1_000_000:.2f}"


if __name__ == "__main__":
    sys.exit(main())
