"""The writer of a summary is killed between any two of its steps, and two write at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest
from fix_broker import PATIENCE
from fix_store import straight
from fix_summaries import KilledError
from psycopg import sql

from scout_workers.domain.calls import ModelName
from scout_workers.domain.failures import failure_of
from scout_workers.domain.leases import LeaseLostError
from scout_workers.domain.observations import Severity
from scout_workers.domain.summaries import Summary
from scout_workers.store import Store, ledger, summaries
from scout_workers.store.ledger import CallInFlightError

if TYPE_CHECKING:
    from fix_summaries import Desk

TRANSACTION = ["before the transaction", "before its commit", "after its commit"]
STEPS = [
    *TRANSACTION,  # begin
    "before the payment",
    "after the payment",
    *TRANSACTION,  # receipt
    *TRANSACTION,  # finish
]
AFTER_THE_PAYMENT = 4
RECEIPT_COMMITTED = 7

DONE = [("hour", "completed", True, "A van came")]


@straight
def test_the_points_of_a_summary_are_all_there_are(writing: Desk) -> None:
    writing.described()
    writing.write()
    assert writing.deliveries.faults.trail == STEPS


@straight
def test_killed_anywhere_a_summary_is_there_once_and_paid_twice_only_before_its_receipt(
    writing: Desk,
) -> None:
    paid = []
    for point in range(len(STEPS)):
        writing.described(minute=point)  # other facts: another summary
        row = writing.send()
        before = len(writing.provider.asked)
        writing.deliveries.deliver(row, at=point)
        assert writing.deliveries.deliver(row) is None
        paid.append(len(writing.provider.asked) - before)
        current = [line for line in writing.summaries() if line[2]]
        assert current == DONE
    in_doubt = writing.database.value(
        "SELECT count(*) FROM scout.llm_calls WHERE status = 'in_doubt'"
    )
    assert paid == [
        2 if AFTER_THE_PAYMENT <= point < RECEIPT_COMMITTED else 1 for point in range(len(STEPS))
    ]
    # One more was written off without having been paid: killed right before the payment.
    assert in_doubt == paid.count(2) + 2
    assert writing.database.value("SELECT count(*) FROM scout.summaries") == len(STEPS)


@straight
def test_after_a_finish_that_failed_only_the_finish_runs_again(writing: Desk) -> None:
    writing.described()
    row = writing.send()
    error = writing.deliveries.deliver(row, at=9, raising=psycopg.errors.DiskFull("no space left"))
    assert isinstance(error, psycopg.errors.DiskFull)
    assert writing.summaries() == [("hour", "running", False, None)]

    assert writing.deliveries.deliver(row) is None
    assert writing.deliveries.faults.trail == [*TRANSACTION, *TRANSACTION]
    assert writing.summaries() == DONE
    assert len(writing.provider.asked) == 1


@straight
def test_control_without_the_stored_answer_a_killed_finish_is_paid_again(
    writing: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = sql.SQL("SELECT 1 WHERE %(request_key)s = 'never'")
    monkeypatch.setattr(ledger, "_FIND", never)
    writing.database.rows("DROP INDEX scout.llm_calls_one_open_or_paid")
    writing.described()
    row = writing.send()
    assert isinstance(writing.deliveries.deliver(row, at=RECEIPT_COMMITTED), KilledError)
    assert writing.deliveries.deliver(row) is None
    assert len(writing.provider.asked) == 2


def _while_the_first_pays(writing: Desk, then: str) -> tuple[BaseException | None, int]:
    """Deliver a second message of the hour while the first one's call is under way."""
    writing.described()
    first = writing.deliveries.claim(writing.send())
    assert first is not None
    paying, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        writing.provider.before = lambda: None
        paying.set()
        assert go_on.wait(PATIENCE)

    writing.provider.before = hold
    with ThreadPoolExecutor(1, "first") as pool:
        future = pool.submit(writing.deliveries.process, first)
        assert paying.wait(PATIENCE)
        if then == "news":
            writing.described(minute=30)
        second = writing.send()
        error = writing.deliveries.deliver(second)
        go_on.set()
        future.result(PATIENCE)
    return error, second


@straight
def test_a_second_message_of_the_same_facts_waits_and_pays_nothing(writing: Desk) -> None:
    error, second = _while_the_first_pays(writing, "nothing")
    assert isinstance(error, CallInFlightError)
    assert writing.deliveries.deliver(second) is None
    assert writing.summaries() == DONE
    assert len(writing.provider.asked) == 1


@straight
def test_news_during_a_call_makes_the_older_summary_give_way(writing: Desk) -> None:
    error, _ = _while_the_first_pays(writing, "news")
    assert error is None
    assert writing.summaries() == [("hour", "skipped", False, None), *DONE]
    assert [facts.pictures for facts in writing.provider.asked] == [2, 1]
    assert writing.database.rows("SELECT status FROM scout.llm_calls") == [("succeeded",)] * 2


@straight
def test_control_without_the_lease_an_older_summary_would_count_again(
    writing: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfenced = summaries._COMPLETE.as_string()
    assert "AND lease_token = %(lease_token)s AND state = 'running'" in unfenced
    unfenced = unfenced.replace("AND lease_token = %(lease_token)s AND state = 'running'", "")
    monkeypatch.setattr(summaries, "_COMPLETE", sql.SQL(unfenced))
    _while_the_first_pays(writing, "news")
    assert writing.summaries() == [
        ("hour", "completed", True, "A van came"),
        ("hour", "completed", False, "A van came"),
    ]


@straight
def test_eight_messages_of_an_hour_at_once_are_one_payment_and_one_summary(writing: Desk) -> None:
    writing.described(5)
    claimed = [writing.deliveries.claim(writing.send()) for _ in range(8)]
    start = threading.Barrier(len(claimed))

    def work(number: int) -> None:
        message = claimed[number]
        assert message is not None
        start.wait(PATIENCE)
        while True:
            try:
                writing.deliveries.broker.get_actor("generate_summary").fn(*message.args)
            except CallInFlightError:
                continue  # the middleware would wait; here the others are given the processor
            return

    with ThreadPoolExecutor(len(claimed), "duplicate") as pool:
        for future in [pool.submit(work, number) for number in range(len(claimed))]:
            future.result(PATIENCE)
    assert writing.summaries() == DONE
    assert len(writing.provider.asked) == 1


@straight
def test_control_without_the_windows_lock_and_key_one_hour_is_several_summaries(
    writing: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing.described()
    writing.write()
    never = summaries._FIND.as_string().replace("FOR NO", "AND false FOR NO")
    monkeypatch.setattr(summaries, "_FIND", sql.SQL(never))
    assert isinstance(writing.write(), psycopg.errors.UniqueViolation)  # the key is what is left
    writing.database.rows(
        "ALTER TABLE scout.summaries DROP CONSTRAINT "
        "summaries_organization_id_camera_id_kind_window_start_promp_key"
    )
    writing.write()
    assert len(writing.provider.asked) == 2


@straight
def test_a_dead_message_leaves_a_failed_summary_and_nothing_else(writing: Desk) -> None:
    writing.described()
    row = writing.send()
    assert isinstance(writing.deliveries.deliver(row, at=AFTER_THE_PAYMENT), KilledError)
    dead = writing.deliveries.claim(row)
    assert dead is not None
    writing.deliveries.broker.get_actor("abandon_summary").send(dead.asdict(), {"retries": 5})
    writing.database.rows("DELETE FROM scout_broker.message WHERE id = %s", row)
    abandoning = writing.database.value("SELECT max(id) FROM scout_broker.message")
    assert writing.deliveries.deliver(abandoning) is None
    assert writing.summaries() == [("hour", "failed", False, None)]
    assert writing.deliveries.calls() == [("in_doubt", False)]
    assert writing.database.rows("SELECT kind, payload->>'error_class' FROM scout.events") == [
        ("summary.failed", "retries_spent")
    ]


@straight
def test_what_ends_under_a_lost_lease_writes_nothing(writing: Desk, store: Store) -> None:
    writing.described()
    with store.transaction() as tx:
        draft = summaries.begin(tx, writing.subject, "mine", ModelName("writing", "writing-v1"))
    assert draft is not None
    writing.database.rows("UPDATE scout.summaries SET lease_token = 'another'")
    with pytest.raises(LeaseLostError), store.transaction() as tx:
        summaries.finish(tx, draft, Summary("Late", "Too late.", Severity.INFO))
    with pytest.raises(LeaseLostError), store.transaction() as tx:
        summaries.fail(tx, draft, failure_of(ValueError(), sent=True))
    assert writing.summaries() == [("hour", "running", False, None)]
