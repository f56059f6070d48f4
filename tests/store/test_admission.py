"""What stands in a call's way: switches, gates, limits and budgets; and what is held meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from fix_counter import CENT, FIRST, SECOND, Counter
from psycopg import sql

from scout_workers.domain import gates as domain_gates
from scout_workers.domain import leases
from scout_workers.domain.calls import Answer, CallStatus, Estimate, Lane, Usage
from scout_workers.domain.errors import ErrorClass
from scout_workers.domain.gates import Limits
from scout_workers.store import budgets, gates, ledger, switches

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.store import Store

WINDOWS = (
    "SELECT period, reserved_microdollars, spent_microdollars FROM scout.budget_windows "
    "ORDER BY period"
)


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight: what PgBouncer might make of these statements is shown by the actors' tests."""
    return store_url


@pytest.mark.parametrize("kind", ["organization", "camera", "provider", "model", "backfill"])
def test_what_is_paused_is_deferred_with_the_reason_until_it_is_resumed(
    counter: Counter, kind: str
) -> None:
    organization_id, camera_id = counter.yard.organization_id, counter.yard.camera_id
    switch = {
        "organization": switches.organization(organization_id),
        "camera": switches.camera(organization_id, camera_id),
        "provider": switches.provider("p"),
        "model": switches.provider(*FIRST),
        "backfill": switches.backfill(),
    }[kind]
    lane = Lane.BACKFILL if kind == "backfill" else Lane.LIVE
    with counter.store().transaction() as tx:
        assert switches.pause(tx, switch, reason="the bill", paused_by="ops")
        assert not switches.pause(tx, switch, reason="the bill is unpaid", paused_by="ops")
        ((shown),) = switches.paused(tx)
    assert shown.reason == "the bill is unpaid"
    refusal = counter.refused(lane=lane)
    assert refusal.error_class is ErrorClass.PAUSED
    assert "the bill is unpaid" in refusal.detail
    assert refusal.retry_after is not None
    assert 30 < refusal.retry_after < 90
    if kind == "backfill":
        assert counter.begin().refusal is None
    with counter.store().transaction() as tx:
        assert switches.resume(tx, switch)
        assert not switches.resume(tx, switch)
    assert counter.begin(lane=lane).refusal is None


def test_a_pause_of_somebody_else_is_none_of_ours(counter: Counter) -> None:
    with counter.store().transaction() as tx:
        switches.pause(tx, switches.provider("q"), reason="r", paused_by="ops")
        switches.pause(tx, switches.provider("p", "other"), reason="r", paused_by="ops")
    assert counter.begin().refusal is None


def test_a_paused_or_overloaded_first_choice_is_passed_over_for_a_fallback(
    counter: Counter,
) -> None:
    store = counter.store(fallbacks=(SECOND,))
    with store.transaction() as tx:
        gates.close(tx, FIRST, ErrorClass.OVERLOADED, 5.0)
    assert counter.begin(store).request.model_name == SECOND
    with store.transaction() as tx:
        switches.pause(tx, switches.provider("q"), reason="r", paused_by="ops")
    assert counter.refused(store).error_class is ErrorClass.OVERLOADED


def test_a_short_retry_after_is_waited_for_and_a_long_one_is_not(counter: Counter) -> None:
    store = counter.store(fallbacks=(SECOND,))
    with store.transaction() as tx:
        gates.close(tx, FIRST, ErrorClass.RATE_LIMITED, 5.0)
    assert counter.refused(store).error_class is ErrorClass.RATE_LIMITED
    with store.transaction() as tx:
        gates.close(tx, FIRST, ErrorClass.RATE_LIMITED, 100.0)
    assert counter.begin(store).request.model_name == SECOND


def test_a_crowd_before_a_closed_gate_is_told_to_come_one_after_the_other(
    counter: Counter,
) -> None:
    with counter.store().transaction() as tx:
        gates.close(tx, FIRST, ErrorClass.RATE_LIMITED, 20.0)
    for _ in range(20):
        assert counter.refused().error_class is ErrorClass.RATE_LIMITED
    line = "SELECT extract(epoch FROM live_line - closed_until)::float8 FROM scout.provider_gates"
    assert counter.database.value(line) == pytest.approx(20 * 0.05)


def test_a_provider_that_does_not_say_for_how_long_is_left_alone_for_longer_each_time(
    counter: Counter,
) -> None:
    waits = []
    for _ in range(3):
        with counter.store().transaction() as tx:
            first = gates.close(tx, FIRST, ErrorClass.OVERLOADED, None)
            again = gates.close(tx, FIRST, ErrorClass.OVERLOADED, None)  # learnt together
        assert again == pytest.approx(first, abs=1)
        waits.append(round(first))
        counter.database.rows("UPDATE scout.provider_gates SET closed_until = now()")
    assert waits == [5, 10, 20]
    counter.receipt(counter.begin(), 0)
    assert counter.database.rows("SELECT closings FROM scout.provider_gates") == [(0,)]


def test_nobody_keeps_us_away_for_a_day(counter: Counter) -> None:
    with counter.store().transaction() as tx:
        assert gates.close(tx, FIRST, ErrorClass.RATE_LIMITED, 86_400) <= 900


def _passed(counter: Counter, store: Store, calls: int, lane: Lane = Lane.LIVE) -> int:
    return sum(counter.begin(store, lane=lane).refusal is None for _ in range(calls))


def test_as_many_as_may_come_at_once_pass_and_the_rest_is_deferred(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain_gates, "BURST", 0.5)  # so that no slow machine makes a difference
    store = counter.store(Limits(requests_per_minute=6))
    assert _passed(counter, store, 6) == 4
    assert counter.refused(store).error_class is ErrorClass.RATE_LIMITED


def test_history_leaves_half_of_what_may_come_at_once_and_waits_for_the_live_line(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain_gates, "BURST", 0.5)
    store = counter.store(Limits(requests_per_minute=6))
    assert _passed(counter, store, 6, Lane.BACKFILL) == 2
    assert _passed(counter, store, 6) == 2
    # The bucket is full again, but somebody live was told to come.
    counter.database.rows(
        "UPDATE scout.provider_gates SET requests_until = '-infinity', live_line = now() + '60 s'"
    )
    assert (counter.refused(store, lane=Lane.BACKFILL).retry_after or 0) > 50
    assert counter.begin(store).refusal is None


def test_tokens_are_taken_by_estimate_and_given_back_by_the_receipt(counter: Counter) -> None:
    store = counter.store(Limits(tokens_per_minute=120))
    until = "SELECT extract(epoch FROM tokens_until)::float8 FROM scout.provider_gates"
    call = counter.begin(store)
    taken = counter.database.value(until)
    assert counter.refused(store).error_class is ErrorClass.RATE_LIMITED
    with store.transaction() as tx:
        ledger.receipt(tx, call, Answer("a", "m", Usage(20, 10), 0, "test", 1))
    used = counter.database.value(until)
    assert taken - used == pytest.approx(90 * 60 / 118, abs=0.1)


def test_a_budget_is_held_by_the_estimate_and_spent_by_the_receipt(counter: Counter) -> None:
    counter.set_budget(3 * CENT)
    counter.set_budget(100 * CENT, "month")
    paid, failed, doubted = (counter.begin() for _ in range(3))
    assert counter.database.rows(WINDOWS) == [("day", 3 * CENT, 0), ("month", 3 * CENT, 0)]
    refusal = counter.refused()
    assert refusal.error_class is ErrorClass.BUDGET
    assert "the day's budget of $0.0300" in refusal.detail
    assert 0 < (refusal.retry_after or 0) < 90

    for _ in range(2):  # safe to repeat
        counter.receipt(paid, 4_000)
        with counter.store().transaction() as tx:
            ledger.settle(tx, failed.id, CallStatus.FAILED, error_class="refused")
            ledger.settle(tx, doubted.id, CallStatus.IN_DOUBT)
    assert counter.database.rows(WINDOWS) == [("day", CENT, 4_000), ("month", CENT, 4_000)]

    counter.receipt(doubted, 5_000)  # late, but it was paid
    assert counter.database.rows(WINDOWS) == [("day", 0, 9_000), ("month", 0, 9_000)]


def test_a_receipt_without_a_price_spends_what_was_held(counter: Counter) -> None:
    counter.set_budget(3 * CENT)
    counter.receipt(counter.begin(), None)
    assert counter.database.rows(WINDOWS) == [("day", 0, CENT)]


def test_either_budget_refuses_and_nothing_is_held_then(counter: Counter) -> None:
    counter.set_budget(100 * CENT)
    counter.set_budget(CENT // 2, "month")
    assert "the month's budget" in counter.refused().detail
    assert counter.database.rows(WINDOWS) == [("day", 0, 0), ("month", 0, 0)]


def test_a_budget_set_in_the_middle_of_a_day_knows_what_was_spent_and_is_under_way(
    counter: Counter,
) -> None:
    counter.receipt(counter.begin(), 7_000)
    open_call = counter.begin()
    counter.set_budget(3 * CENT)
    assert counter.database.rows(WINDOWS) == [("day", CENT, 7_000)]
    counter.receipt(open_call, 1_000)
    assert counter.database.rows(WINDOWS) == [("day", 0, 8_000)]


def test_a_raised_budget_and_the_next_day_let_calls_through_again(counter: Counter) -> None:
    counter.set_budget(CENT)
    counter.receipt(counter.begin(), CENT)
    assert counter.refused().error_class is ErrorClass.BUDGET
    counter.set_budget(2 * CENT)
    counter.receipt(counter.begin(), CENT)
    assert counter.refused().error_class is ErrorClass.BUDGET
    counter.database.rows("UPDATE scout.budget_windows SET starts_on = starts_on - 1")
    counter.database.rows("UPDATE scout.llm_calls SET local_day = local_day - 1")
    assert counter.begin().refusal is None
    counter.set_budget(None)
    assert counter.database.rows(WINDOWS) == []
    assert counter.begin().refusal is None


def test_a_call_whose_price_nobody_knows_is_not_made_under_a_budget(counter: Counter) -> None:
    assert counter.begin(model="unpriced").refusal is None
    counter.set_budget(100 * CENT)
    refusal = counter.refused(model="unpriced")
    assert refusal.error_class is ErrorClass.BUDGET
    assert "[providers.p.prices]" in refusal.detail


def test_what_is_free_is_not_kept_by_a_budget_that_is_spent(counter: Counter) -> None:
    counter.set_budget(0)
    assert counter.begin(estimate=Estimate()).refusal is None


def _spent_at_once(counter: Counter) -> list[UUID]:
    counter.set_budget(7 * CENT)
    store = counter.store()
    requests = [counter.request() for _ in range(24)]

    def begin(request: ledger.Request) -> UUID | None:
        with store.transaction() as tx:
            call = ledger.begin(tx, request, leases.token(1, 1, uuid4(), "m"))
        return None if call.refusal else call.id

    with ThreadPoolExecutor(12, "beginner") as pool:
        return [made for made in pool.map(begin, requests) if made is not None]


def test_however_many_begin_at_once_no_budget_is_exceeded(counter: Counter) -> None:
    assert len(_spent_at_once(counter)) == 7
    assert counter.database.rows(WINDOWS) == [("day", 7 * CENT, 0)]


def test_control_without_the_lock_the_same_crowd_exceeds_it(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = budgets._RESERVE.as_string().replace("FOR NO KEY UPDATE OF w", "")
    # The look of another moment: as if all had looked before anybody held.
    slow = text.replace(
        "SELECT complete, ok FROM fits", "SELECT complete, ok FROM fits, pg_sleep(0.2)"
    )
    monkeypatch.setattr(budgets, "_RESERVE", sql.SQL(slow))
    assert len(_spent_at_once(counter)) > 7
