"""What actors share when they ask a model: whom, how often, and what the ledger says of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from scout_workers import asking, deadline
from scout_workers.blobs.files import FileStore
from scout_workers.domain import leases
from scout_workers.domain.calls import Answer, ModelName, Usage
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.terms import Terms
from scout_workers.store import Store, ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fix_store import Database, Yard

    from scout_workers.broker import Pool

FIRST, SECOND, THIRD = (ModelName("p", name) for name in ("first", "second", "third"))
USELESS = "no JSON"


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight: what PgBouncer might make of these statements is shown by the actors' tests."""
    return store_url


@pytest.fixture
def store(store_pool: Pool) -> Store:
    return Store(store_pool, terms=Terms({"describe": (FIRST, SECOND, THIRD)}))


def _answer(raw: str, model: str) -> Answer:
    return Answer(raw, f"{model}-served", Usage(10, 5), 100, "test", 3)


def _parse(raw: str) -> str:
    if raw == USELESS:
        raise ScoutError(ErrorClass.SCHEMA_INVALID, "there is no JSON")
    return raw.upper()


@dataclass
class Desk:
    """Puts the yard's one question under a claim, to providers that say what a test has them say.

    Attributes:
        sayings: What comes next: an answer's text, or an error.
        asked: Who was asked, and what they were told to be wrong.
    """

    store: Store
    yard: Yard
    database: Database
    blobs: FileStore
    sayings: deque[str | Exception] = field(default_factory=deque)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    claims: int = 0

    def begin(self) -> asking.Question:
        """Begin under the next claim of one message."""
        self.claims += 1
        request = ledger.Request(
            key="describe:1",
            purpose="describe",
            subject_id=uuid4(),
            organization_id=self.yard.organization_id,
            camera_id=self.yard.camera_id,
            provider=FIRST.provider,
            model=FIRST.model,
        )
        with self.store.transaction() as tx:
            call = ledger.begin(tx, request, leases.token(7, self.claims, uuid4(), "a message"))
        return asking.Question(self.store, self.blobs, call)

    def prepare(self, name: ModelName, complaint: str | None) -> Callable[[], Answer]:
        def ask() -> Answer:
            self.asked.append((name.model, complaint))
            saying = self.sayings.popleft()
            if isinstance(saying, Exception):
                raise saying
            return _answer(saying, name.model)

        return ask

    def put(self, *sayings: str | Exception) -> str | None:
        """Begin, and have the question answered by these sayings, one a call."""
        self.sayings.extend(sayings)
        return self.begin().answered(self.prepare, _parse)

    def calls(self) -> list[tuple[Any, ...]]:
        return self.database.rows(
            "SELECT model, status, error_class, served_model FROM scout.llm_calls "
            "ORDER BY started_at"
        )


@pytest.fixture
def desk(store: Store, yard: Yard, database: Database, tmp_path: Path) -> Desk:
    return Desk(store, yard, database, FileStore(tmp_path))


def _error(error_class: ErrorClass, retry_after: float | None = None) -> ScoutError:
    return ScoutError(error_class, "said the other side", retry_after=retry_after)


def test_an_answer_is_kept_then_parsed_and_never_asked_for_again(desk: Desk) -> None:
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
        desk.begin().answered(prepare, _parse)

    assert desk.put("yes") == "YES"
    assert desk.asked == [("first", None), ("first", "there is no JSON")]
    assert [status for _, status, _, _ in desk.calls()] == ["succeeded", "in_doubt", "succeeded"]


def test_what_fails_before_the_model_is_asked_is_not_in_doubt(desk: Desk) -> None:
    question = desk.begin()

    def prepare(name: ModelName, complaint: str | None) -> Callable[[], Answer]:
        raise KeyError(name, complaint)

    with pytest.raises(KeyError) as raised:
        question.answered(prepare, _parse)
    failure = question.failure(raised.value)
    for _ in range(2):  # safe to repeat
        with desk.store.transaction() as tx:
            question.fail(tx, failure)
    assert [status for _, status, _, _ in desk.calls()] == ["void"]


def test_a_call_given_up_meanwhile_leaves_a_late_receipt_and_no_answer(desk: Desk) -> None:
    first = desk.begin()
    assert desk.put("second") == "SECOND"
    desk.sayings.append("first")
    assert first.answered(desk.prepare, _parse) is None
    assert [status for _, status, _, _ in desk.calls()] == ["in_doubt", "succeeded"]


def test_a_call_given_up_meanwhile_is_not_followed_by_a_fallback(desk: Desk) -> None:
    first = desk.begin()
    desk.begin()
    desk.sayings.append(_error(ErrorClass.OVERLOADED))
    with pytest.raises(leases.LeaseLostError):
        first.answered(desk.prepare, _parse)
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
    assert first.answered(desk.prepare, _parse) == "PAID"
