"""A gate is passed aside: no begin keeps it from the fleet, however slow or stopped it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from fix_counter import FIRST, Counter
from fix_store import straight
from psycopg import sql

from scout_workers.domain import gates as domain_gates
from scout_workers.domain import leases
from scout_workers.domain.calls import Answer, Usage
from scout_workers.domain.errors import ErrorClass
from scout_workers.domain.gates import Limits
from scout_workers.store import Store, aside, gates, ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_store import Database

    from scout_workers.store import Transaction

FOUR = Limits(requests_per_minute=6)  # with half of it at once: four, and ten seconds to the next
LIMITED = ErrorClass.RATE_LIMITED


@pytest.fixture(autouse=True)
def half_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no slow machine makes a difference."""
    monkeypatch.setattr(domain_gates, "BURST", 0.5)


@contextmanager
def _begun(counter: Counter, store: Store) -> Iterator[Transaction]:
    """Begin a question, and be stopped before the commit."""
    with store.transaction() as tx:
        call = ledger.begin(tx, counter.request(), leases.token(1, 1, uuid4(), "m"))
        assert call.refusal is None
        yield tx


def test_a_begin_that_is_stopped_before_its_commit_keeps_nobody_from_the_gate(
    counter: Counter,
) -> None:
    store = counter.store(FOUR)
    with ThreadPoolExecutor(1) as another, _begun(counter, store):
        passed = [another.submit(counter.begin, store).result().refusal for _ in range(4)]
    assert [refusal and refusal.error_class for refusal in passed] == [None, None, None, LIMITED]


@straight
def test_control_on_its_own_connection_it_keeps_everybody_from_it(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def within(tx: Transaction, gate: object, parameters: object, lane: object) -> gates.Passage:
        """Pass as it was done before: on the begin's connection, and locked until its commit."""
        tx.aside = tx  # type: ignore[assignment]  # it can run a statement, too
        return usual(tx, gate, parameters, lane)  # type: ignore[arg-type]  # handed on

    usual = gates._pass
    counter.begin(counter.store(FOUR))  # makes the gate
    monkeypatch.setattr(gates, "_pass", within)
    store = Store(counter.pool, terms=counter.store(FOUR)._terms, statement_seconds=0.5)
    with ThreadPoolExecutor(1) as another, _begun(counter, store):
        waiting = another.submit(counter.begin, store)
        with pytest.raises(psycopg.errors.QueryCanceled):
            waiting.result()


@straight
def test_a_begin_that_is_rolled_back_has_used_its_slot(counter: Counter) -> None:
    store = counter.store(FOUR)
    with pytest.raises(RuntimeError, match="no luck"), _begun(counter, store):
        raise RuntimeError("no luck")
    assert [counter.begin(store).refusal is None for _ in range(4)] == [True, True, True, False]


def test_who_cannot_even_ask_comes_again_at_once_and_loses_nothing(
    counter: Counter, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = counter.store(FOUR)
    counter.begin(store)
    with psycopg.connect(database.url) as operator:
        operator.execute("SELECT FROM scout.provider_gates FOR UPDATE")
        taken = counter.refused(store)
        with store.transaction() as tx:  # nor is a receipt's commit kept from anybody
            assert gates.close(tx, FIRST, LIMITED, 7.0) == pytest.approx(7.0, abs=0.1)
    monkeypatch.setattr(aside, "CHECKOUT_SECONDS", 0.01)
    with counter.gates.connection():
        crowded = counter.refused(store)
    for refusal in (taken, crowded):
        assert refusal.error_class is LIMITED
        assert "the gate could not be asked" in refusal.detail
        assert 0 < (refusal.retry_after or 0) <= 1
    assert database.value("SELECT count(*) FROM scout.llm_calls") == 1


def test_nothing_of_a_statement_aside_stays_with_its_connection(counter: Counter) -> None:
    counter.begin(counter.store(FOUR))
    with counter.gates.connection() as connection:
        for name in ("lock_timeout", "statement_timeout"):
            shown = connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(name)))
            assert shown.fetchone() == ("0",)


@straight
def test_tokens_are_given_back_by_the_commit_and_not_before(
    counter: Counter, database: Database
) -> None:
    store = counter.store(Limits(tokens_per_minute=120))
    taken = "SELECT extract(epoch FROM tokens_until)::float8 FROM scout.provider_gates"
    call = counter.begin(store)
    before = database.value(taken)
    with store.transaction() as tx:
        ledger.receipt(tx, call, Answer("a", "m", Usage(20, 10), 0, "test", 1))
        assert database.value(taken) == before
    assert database.value(taken) < before


def _let_in_at_once(counter: Counter) -> int:
    store = counter.store(FOUR)
    counter.begin(store)
    with ThreadPoolExecutor(8, "beginner") as crowd:
        begun = [crowd.submit(counter.begin, store) for _ in range(12)]
        return 1 + sum(each.result().refusal is None for each in begun)


@straight
def test_a_crowd_that_comes_at_once_is_let_in_up_to_the_limit(counter: Counter) -> None:
    assert _let_in_at_once(counter) == 4


@straight
def test_control_without_the_lock_the_same_crowd_gets_more(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = gates._PASS.as_string().replace("    FOR NO KEY UPDATE\n", "")
    # As if all had looked before anybody wrote; and with as many connections as there are askers.
    slow = text.replace(
        "SELECT clock_timestamp() AS at", "SELECT clock_timestamp() AS at, pg_sleep(0.3)"
    )
    monkeypatch.setattr(gates, "_PASS", sql.SQL(slow))
    monkeypatch.setattr(counter.gates, "max_size", 8)
    assert _let_in_at_once(counter) > 4
