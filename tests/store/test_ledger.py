from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg
import pytest

from scout_workers import deadline
from scout_workers.domain import leases
from scout_workers.domain.calls import Answer, CallStatus, Usage
from scout_workers.store import Store, costs, ledger, profiles
from scout_workers.store.ledger import CallInFlightError, Request

if TYPE_CHECKING:
    from fix_store import Database, Yard

ANSWER = Answer(
    raw="{}",
    served_model="m",
    usage=Usage(10, 5, 1),
    cost_microdollars=None,
    price_source="unknown",
    latency_ms=3,
)
ROW, MESSAGE = 7, "a message"


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight: what PgBouncer might make of these statements is shown by the actors' tests."""
    return store_url


@pytest.fixture
def request_of_the_yard(store: Store, yard: Yard) -> Request:
    with store.transaction() as tx:
        profile = profiles.active(tx, yard.camera_id)
    assert profile is not None
    return Request(
        key="describe:1",
        purpose="describe",
        subject_id=uuid4(),
        organization_id=yard.organization_id,
        camera_id=yard.camera_id,
        provider=profile.provider,
        model=profile.model,
        profile_version_id=profile.id,
    )


def _claim(attempt: int, *, row: int = ROW, message: str = MESSAGE) -> str:
    return leases.token(row, attempt, uuid4(), message)


def _begin(store: Store, request: Request, lease: str) -> ledger.Call:
    with store.transaction() as tx:
        return ledger.begin(tx, request, lease)


def _statuses(database: Database) -> list[str]:
    rows = database.rows("SELECT status FROM scout.llm_calls ORDER BY started_at")
    return [status for (status,) in rows]


def test_a_new_request_may_be_asked_once(
    store: Store, request_of_the_yard: Request, database: Database
) -> None:
    call = _begin(store, request_of_the_yard, _claim(1))
    assert (call.answer, call.refusal, call.fallbacks) == (None, None, ())
    assert _statuses(database) == ["started"]


def test_an_answered_request_is_never_asked_again(
    store: Store, request_of_the_yard: Request, database: Database
) -> None:
    call = _begin(store, request_of_the_yard, _claim(1))
    with store.transaction() as tx:
        assert ledger.receipt(tx, call, ANSWER)
    for lease in (_claim(2), _claim(1, row=8), str(uuid4())):
        again = _begin(store, request_of_the_yard, lease)
        assert (again.id, again.answer, again.lease_token) == (call.id, "{}", lease)
    assert _statuses(database) == ["succeeded"]


@pytest.mark.parametrize("status", [CallStatus.FAILED, CallStatus.VOID, CallStatus.IN_DOUBT])
def test_a_request_whose_call_ended_without_an_answer_may_be_asked_again(
    store: Store, request_of_the_yard: Request, database: Database, status: CallStatus
) -> None:
    call = _begin(store, request_of_the_yard, _claim(1))
    with store.transaction() as tx:
        ledger.settle(tx, call.id, status, error_class="refused", detail="no")
    assert _begin(store, request_of_the_yard, _claim(1, row=8)).id != call.id
    assert _statuses(database) == [status, "started"]


def test_a_refusal_that_was_charged_for_is_a_failed_call_with_its_receipt(
    store: Store, request_of_the_yard: Request, database: Database
) -> None:
    call = _begin(store, request_of_the_yard, _claim(1))
    refusal = Answer("I'd rather\x00 not.", "m-1", Usage(90, 4), None, "unknown", 3)
    for _ in range(2):
        with store.transaction() as tx:
            ledger.settle(tx, call.id, CallStatus.FAILED, error_class="refused", paid=refusal)
    kept = "SELECT status, raw_answer, received_at = settled_at, input_tokens FROM scout.llm_calls"
    assert database.rows(kept) == [("failed", "I'd rather\ufffd not.", True, 90)]
    with store.transaction() as tx:
        (line,) = costs.costs(tx, "model")
    assert (line.what, line.failed, line.unpriced) == (f"{call.request.provider}/m-1", 1, 1)
    assert _begin(store, request_of_the_yard, _claim(1, row=8)).answer is None


def test_a_receipt_may_be_repeated_and_another_answer_may_not_replace_it(
    store: Store, request_of_the_yard: Request, database: Database
) -> None:
    call = _begin(store, request_of_the_yard, _claim(1))
    for _ in range(2):
        with store.transaction() as tx:
            assert ledger.receipt(tx, call, ANSWER)
    other = Answer("[]", "m", Usage(), None, "unknown", 3)
    with pytest.raises(leases.LeaseLostError), store.transaction() as tx:
        ledger.receipt(tx, call, other)
    assert database.rows("SELECT raw_answer FROM scout.llm_calls") == [("{}",)]


def test_a_receipt_under_a_token_that_is_not_the_calls_is_refused(
    store: Store, request_of_the_yard: Request, database: Database
) -> None:
    call = _begin(store, request_of_the_yard, _claim(1))
    forged = replace(call, lease_token=_claim(1))
    with pytest.raises(leases.LeaseLostError), store.transaction() as tx:
        ledger.receipt(tx, forged, ANSWER)
    assert _statuses(database) == ["started"]


def test_what_has_its_receipt_cannot_be_settled_otherwise(
    store: Store, request_of_the_yard: Request, database: Database
) -> None:
    call = _begin(store, request_of_the_yard, _claim(1))
    with store.transaction() as tx:
        ledger.receipt(tx, call, ANSWER)
        ledger.settle(tx, call.id, CallStatus.FAILED, error_class="x", detail="y")
    assert _statuses(database) == ["succeeded"]


@pytest.mark.parametrize(
    ("lease", "may"),
    [
        (_claim(2), True),
        (_claim(9), True),
        (_claim(1), False),
        (_claim(2, row=8), False),
        (_claim(2, message="another message"), False),
        ("a token of another broker", False),
    ],
    ids=["next claim", "much later claim", "same attempt", "other row", "other message", "other"],
)
def test_an_open_call_is_given_up_only_for_a_claim_that_supersedes_its_own(
    store: Store, request_of_the_yard: Request, database: Database, *, lease: str, may: bool
) -> None:
    _begin(store, request_of_the_yard, _claim(1))
    if may:
        _begin(store, request_of_the_yard, lease)
        assert _statuses(database) == ["in_doubt", "started"]
    else:
        with pytest.raises(CallInFlightError):
            _begin(store, request_of_the_yard, lease)
        assert _statuses(database) == ["started"]


def test_a_call_begun_under_this_very_claim_is_given_up_too(
    store: Store, request_of_the_yard: Request, database: Database
) -> None:
    lease = _claim(1)
    _begin(store, request_of_the_yard, lease)
    _begin(store, request_of_the_yard, lease)
    assert _statuses(database) == ["in_doubt", "started"]


def test_a_call_expires_when_its_worker_must_be_gone(
    store: Store, request_of_the_yard: Request, database: Database
) -> None:
    lasts = "SELECT extract(epoch FROM expires_at - started_at)::float8 FROM scout.llm_calls"
    with deadline.starting(60.0):
        _begin(store, request_of_the_yard, _claim(1))
    assert 99.0 < database.value(lasts) <= 100.0


def test_a_waiting_message_looks_again_soon_and_not_before_it_can_help(
    store: Store, request_of_the_yard: Request, database: Database
) -> None:
    _begin(store, request_of_the_yard, _claim(1))
    with pytest.raises(CallInFlightError) as early:
        _begin(store, request_of_the_yard, _claim(1, row=8))
    database.rows("UPDATE scout.llm_calls SET expires_at = now() + interval '3 s'")
    with pytest.raises(CallInFlightError) as late:
        _begin(store, request_of_the_yard, _claim(1, row=8))
    assert early.value.retry_after == 10.0
    assert late.value.retry_after is not None
    assert 3.0 < late.value.retry_after <= 4.0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE scout.llm_calls SET status = 'succeeded', settled_at = now()",
        (
            "UPDATE scout.llm_calls SET status = 'void', settled_at = now(), raw_answer = 'x', "
            "received_at = now()"
        ),
        "UPDATE scout.llm_calls SET settled_at = now()",
        "UPDATE scout.llm_calls SET status = 'failed'",
        "UPDATE scout.llm_calls SET cost_microdollars = -1",
        "UPDATE scout.llm_calls SET expires_at = started_at",
        "UPDATE scout.llm_calls SET raw_answer = 'x'",
    ],
)
def test_the_ledger_cannot_say_what_does_not_add_up(
    store: Store, request_of_the_yard: Request, database: Database, change: str
) -> None:
    _begin(store, request_of_the_yard, _claim(1))
    with pytest.raises(psycopg.errors.CheckViolation):
        database.rows(change)


def test_a_raw_answer_is_kept_whatever_characters_it_holds() -> None:
    raw = "a\x00b\ud800c\U0001f600"
    assert ledger.storable(raw) == "a\ufffdb?c\U0001f600"


def test_a_call_of_another_organization_is_refused(
    store: Store, request_of_the_yard: Request
) -> None:
    foreign = replace(request_of_the_yard, organization_id=UUID(int=1))
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        _begin(store, foreign, _claim(1))
