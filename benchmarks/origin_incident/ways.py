"""The ways: where a transaction begins and ends, and nothing else, makes the difference."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias
from uuid import uuid4

import psycopg

from benchmarks.origin_incident.work import PATIENCE_SECONDS
from scout_workers.domain.terms import Terms
from scout_workers.llm import answers
from scout_workers.phases import TransactionHeldError, outside_transaction
from scout_workers.store import Store, analyses, ledger
from scout_workers.store.aside import Aside
from scout_workers.store.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from uuid import UUID

    from scout_workers.domain.calls import Answer
    from scout_workers.store import ConnectionSource

    Transactions: TypeAlias = "Callable[[], AbstractContextManager[Transaction]]"
    Ask: TypeAlias = "Callable[[], Answer]"


@dataclass(frozen=True, slots=True)
class Way:
    """How a model is asked about a capture, and how transactions are had.

    Attributes:
        name: As a heading.
        opened: Makes the way's transactions from a pool and the scale.
        analyze: Asks about one capture and writes down what was seen.
    """

    name: str
    opened: Callable[[ConnectionSource, float], Transactions]
    analyze: Callable[[Transactions, UUID, Ask], None]


def wrapped(transactions: Transactions, capture_id: UUID, ask: Ask) -> None:
    """Do all of it in one transaction: a line shorter, and whole or not at all."""
    with transactions() as tx:
        analysis = analyses.begin(tx, capture_id, str(uuid4()))
        assert analysis is not None
        answer = ask()
        ledger.receipt(tx, analysis.call, answer)
        analyses.finish(tx, analysis, answers.parse(answer.raw))


def phased(transactions: Transactions, capture_id: UUID, ask: Ask) -> None:
    """Begin, call, receipt, finish, as every actor of ours does."""
    with transactions() as tx:
        analysis = analyses.begin(tx, capture_id, str(uuid4()))
        assert analysis is not None
    answer = ask()
    with transactions() as tx:
        ledger.receipt(tx, analysis.call, answer)
    with transactions() as tx:
        analyses.finish(tx, analysis, answers.parse(answer.raw))


def ours(pool: ConnectionSource, scale: float) -> Transactions:
    """Take the store's transactions."""
    return Store(pool, checkout_seconds=PATIENCE_SECONDS * scale).transaction


def bare(pool: ConnectionSource, scale: float) -> Transactions:
    """Misuse the pool: transactions the law does not know of."""
    return _by_hand(pool, scale, "BEGIN")


def strict(pool: ConnectionSource, scale: float) -> Transactions:
    """Misuse it likewise, and have the server end who idles in a transaction."""
    idle = int(PATIENCE_SECONDS * scale * 1000)
    return _by_hand(pool, scale, f"BEGIN; SET LOCAL idle_in_transaction_session_timeout = {idle}")


def _by_hand(pool: ConnectionSource, scale: float, begin: str) -> Transactions:
    @contextmanager
    def transaction() -> Iterator[Transaction]:
        with pool.connection(timeout=PATIENCE_SECONDS * scale) as connection:
            connection.execute(begin.encode())
            try:
                yield Transaction(connection, Terms(), Aside(pool))
            except BaseException:
                with suppress(psycopg.Error):  # the server may have ended it
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    return transaction


def law_refuses(store: Store) -> None:
    """See to it that the product itself cannot be misused so."""
    with suppress(TransactionHeldError), store.transaction():
        outside_transaction("model call")
        raise AssertionError("a model may be asked inside a transaction")


WAYS: Final = (
    Way("around the call", bare, wrapped),
    Way("around it, idle ones ended", strict, wrapped),
    Way("three phases", ours, phased),
)
