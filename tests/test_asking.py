"""What actors share when they ask a model: whom, how often, and what the ledger says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fix_asking import USELESS, parse

from scout_workers import asking, deadline
from scout_workers.domain import leases
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.store import ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from fix_asking import Desk

    from scout_workers.domain.calls import Answer, ModelName


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight: what PgBouncer might make of these statements is shown by the actors' tests."""
    return store_url


def _error(error_class: ErrorClass, retry_after: float | None = None) -> ScoutError:
    return ScoutError(error_class, "said the other side", retry_after=retry_after)


def test_an_answer_is_kept_thenparsed_and_never_asked_for_again(desk: Desk) -> None:
    assert desk.put("yes") == "YES"
    assert desk.put() == "YES"
    assert desk.asked == [("first", None)]
    assert desk.calls() == [("first", "succeeded", None, "first-served")]


@pytest.mark.parametrize(
    ("error_class", "retry_after"),
    [
        (ErrorClass.OVERLOADED, None),
        (ErrorClass.SERVER_ERROR, None),
        (ErrorClass.RATE_LIMITED, asking.LONG_WAIT_SECONDS + 1),
    ],
)
def test_where_the_first_choice_cannot_answer_the_next_one_does(
    desk: Desk, error_class: ErrorClass, retry_after: float | None
) -> None:
    assert desk.put(_error(error_class, retry_after), "yes") == "YES"
    assert desk.calls() == [
        ("first", "failed", error_class, None),
        ("second", "succeeded", None, "second-served"),
    ]
    assert desk.put() == "YES"


@pytest.mark.parametrize(
    ("error_class", "retry_after"),
    [
        (ErrorClass.RATE_LIMITED, None),
        (ErrorClass.RATE_LIMITED, 5.0),
        (ErrorClass.TIMEOUT, None),
        (ErrorClass.NETWORK, None),
        (ErrorClass.REFUSED, None),
        (ErrorClass.AUTH, None),
    ],
)
def test_nobody_else_is_asked_for_what_passes_soon_may_be_paid_or_would_not_help(
    desk: Desk, error_class: ErrorClass, retry_after: float | None
) -> None:
    with pytest.raises(ScoutError) as raised:
        desk.put(_error(error_class, retry_after))
    assert raised.value.error_class is error_class
    assert desk.asked == [("first", None)]


def test_a_chain_that_is_spent_ends_with_its_last_error(desk: Desk) -> None:
    errors = [_error(ErrorClass.OVERLOADED), _error(ErrorClass.SERVER_ERROR)]
    last = _error(ErrorClass.OVERLOADED, 9.0)
    with pytest.raises(ScoutError) as raised:
        desk.put(*errors, last)
    assert raised.value is last
    assert [model for model, _ in desk.asked] == ["first", "second", "third"]


def test_with_hardly_any_time_left_nobody_else_is_asked(desk: Desk) -> None:
    with deadline.starting(asking.WORTH_ASKING_SECONDS / 2), pytest.raises(ScoutError):
        desk.put(_error(ErrorClass.OVERLOADED))
    assert desk.asked == [("first", None)]


def test_a_useless_answer_is_asked_for_once_more_with_what_was_wrong(desk: Desk) -> None:
    assert desk.put(USELESS, "yes") == "YES"
    assert desk.asked == [("first", None), ("first", "there is no JSON")]
    assert [status for _, status, _, _ in desk.calls()] == ["succeeded", "succeeded"]
    assert desk.database.rows(
        "SELECT request_key, cost_microdollars FROM scout.llm_calls ORDER BY started_at"
    ) == [("describe:1", 100), ("describe:1:again", 100)]


def test_a_third_answer_is_never_paid_however_often_the_message_comes(desk: Desk) -> None:
    for sayings in [(USELESS, USELESS), (), ()]:
        with pytest.raises(ScoutError, match="schema_invalid"):
            desk.put(*sayings)
    assert len(desk.asked) == 2


def test_killed_between_the_two_answers_only_the_second_is_asked_for(desk: Desk) -> None:
    gone = KeyboardInterrupt()  # as little of our code runs after it as after a kill

    def prepare(name: ModelName, complaint: str | None) -> Callable[[], Answer]:
        if complaint is not None:
            raise gone
        return desk.prepare(name, complaint)

    desk.sayings.append(USELESS)
    with pytest.raises(KeyboardInterrupt):
        desk.begin().answered(prepare, parse)

    assert desk.put("yes") == "YES"
    assert desk.asked == [("first", None), ("first", "there is no JSON")]
    assert [status for _, status, _, _ in desk.calls()] == ["succeeded", "in_doubt", "succeeded"]


def test_what_fails_before_the_model_is_asked_is_not_in_doubt(desk: Desk) -> None:
    question = desk.begin()

    def prepare(name: ModelName, complaint: str | None) -> Callable[[], Answer]:
        raise KeyError(name, complaint)

    with pytest.raises(KeyError) as raised:
        question.answered(prepare, parse)
    failure = question.failure(raised.value)
    for _ in range(2):  # safe to repeat
        with desk.store.transaction() as tx:
            question.fail(tx, failure)
    assert [status for _, status, _, _ in desk.calls()] == ["void"]


def test_a_call_given_up_meanwhile_leaves_a_late_receipt_and_no_answer(desk: Desk) -> None:
    first = desk.begin()
    assert desk.put("second") == "SECOND"
    desk.sayings.append("first")
    assert first.answered(desk.prepare, parse) is None
    assert [status for _, status, _, _ in desk.calls()] == ["in_doubt", "succeeded"]


def test_a_call_given_up_meanwhile_is_not_followed_by_a_fallback(desk: Desk) -> None:
    first = desk.begin()
    desk.begin()
    desk.sayings.append(_error(ErrorClass.OVERLOADED))
    with pytest.raises(leases.LeaseLostError):
        first.answered(desk.prepare, parse)
    assert [model for model, _, _, _ in desk.calls()] == ["first", "first"]


def test_control_without_that_check_a_worker_that_lost_its_claim_would_pay_elsewhere(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.begin()
    with pytest.raises(ScoutError):
        desk.put(_error(ErrorClass.TIMEOUT))
    desk.database.rows(
        "UPDATE scout.llm_calls SET status = 'in_doubt', settled_at = now() "
        "WHERE status = 'started'"
    )
    monkeypatch.setattr(ledger, "settle", lambda *_arguments, **_named: True)
    desk.sayings.extend([_error(ErrorClass.OVERLOADED), "paid"])
    assert first.answered(desk.prepare, parse) == "PAID"
