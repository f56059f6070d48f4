from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from fix_pictures import encoded, gradient

from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.llm.protocol import ModelError
from scout_workers.resources import resources
from scout_workers.store import profiles, switches
from scout_workers.store.runs import NothingToAnalyzeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fix_deliveries import Deliveries

JPEG = encoded(gradient())
COMPLETED = ("completed", None, "A van at the gate")


@pytest.mark.parametrize(
    ("image", "state", "reason"),
    [
        (b"", "missing", "image_missing"),
        (b"<html><body>404 Not Found</body></html>", "unreadable", "image_unreadable"),
        (JPEG[: len(JPEG) // 2], "unreadable", "image_unreadable"),
    ],
    ids=["no blob", "a web page", "a truncated jpeg"],
)
def test_a_bad_image_is_terminal_and_never_reaches_the_model(
    deliveries: Deliveries, image: bytes, state: str, reason: str
) -> None:
    capture_id = deliveries.capture(image=image)

    assert deliveries.deliver(deliveries.send(capture_id)) is None
    assert deliveries.deliver(deliveries.send(capture_id)) is None

    assert deliveries.provider.paid == []
    assert deliveries.analyses() == [("failed", reason, None)]
    assert deliveries.calls() == [("void", False)]
    ((found, words),) = deliveries.database.rows("SELECT state, state_reason FROM scout.captures")
    assert found == state
    assert len(words.split()) >= 3
    assert deliveries.database.rows("SELECT kind FROM scout.events") == [("analysis.failed",)]
    assert deliveries.waiting() == ["broadcast_event"]


def test_a_failure_for_good_its_event_and_the_acknowledgement_are_one_commit(
    deliveries: Deliveries,
) -> None:
    row = deliveries.send(deliveries.capture(image=b"no image"))
    before_its_commit, after_its_commit = 5, 6

    deliveries.deliver(row, at=before_its_commit)
    assert deliveries.analyses() == [("running", None, None)]
    assert deliveries.waiting() == ["analyze_capture"]

    deliveries.deliver(row, at=after_its_commit)
    assert deliveries.analyses() == [("failed", "image_unreadable", None)]
    assert deliveries.waiting() == ["broadcast_event"]


def _refuse(error_class: ErrorClass) -> Callable[[], None]:
    def refuse() -> None:
        raise ModelError(error_class, "said the other side")

    return refuse


@pytest.mark.parametrize(
    ("error_class", "call", "analysis"),
    [
        (ErrorClass.RATE_LIMITED, "failed", "deferred"),
        (ErrorClass.OVERLOADED, "failed", "deferred"),
        (ErrorClass.SERVER_ERROR, "failed", "pending"),
        (ErrorClass.TIMEOUT, "in_doubt", "pending"),
        (ErrorClass.NETWORK, "in_doubt", "pending"),
    ],
)
def test_what_may_pass_is_written_down_raised_and_tried_again(
    deliveries: Deliveries, error_class: ErrorClass, call: str, analysis: str
) -> None:
    deliveries.provider.before = _refuse(error_class)
    row = deliveries.send(deliveries.capture())

    error = deliveries.deliver(row)

    assert isinstance(error, ModelError)
    assert deliveries.calls() == [(call, False)]
    assert deliveries.analyses() == [(analysis, error_class, None)]
    assert deliveries.waiting() == ["analyze_capture"]

    deliveries.provider.before = lambda: None
    # As if the time had passed for which the gate is closed.
    deliveries.database.rows("UPDATE scout.provider_gates SET closed_until = now()")
    assert deliveries.deliver(row) is None
    assert deliveries.analyses() == [COMPLETED]
    assert len(deliveries.provider.paid) == 1
    assert deliveries.database.value("SELECT attempts FROM scout.analyses") == 2


@pytest.mark.parametrize(
    "error_class", [ErrorClass.REFUSED, ErrorClass.AUTH, ErrorClass.CONTEXT_TOO_LONG]
)
def test_what_will_not_pass_fails_once_and_its_message_is_acknowledged(
    deliveries: Deliveries, error_class: ErrorClass
) -> None:
    deliveries.provider.before = _refuse(error_class)
    assert deliveries.deliver(deliveries.send(deliveries.capture())) is None
    assert deliveries.calls() == [("failed", False)]
    assert deliveries.analyses() == [("failed", error_class, None)]
    assert deliveries.waiting() == ["broadcast_event"]
    (payload,) = deliveries.database.rows("SELECT payload FROM scout.events")[0]
    assert payload["error_detail"] == "said the other side"


def test_an_error_nobody_foresaw_is_in_doubt_if_the_model_was_asked(
    deliveries: Deliveries,
) -> None:
    def stumble() -> None:
        raise KeyError("secret")

    deliveries.provider.after = stumble
    row = deliveries.send(deliveries.capture())
    assert isinstance(deliveries.deliver(row), KeyError)
    assert deliveries.analyses() == [("pending", "unexpected", None)]
    assert deliveries.calls() == [("in_doubt", False)]
    assert deliveries.database.rows("SELECT error_detail FROM scout.llm_calls") == [("KeyError",)]

    deliveries.provider.after = lambda: None
    assert deliveries.deliver(row) is None
    assert deliveries.calls() == [("in_doubt", False), ("succeeded", True)]
    assert len(deliveries.provider.paid) == 2


def test_an_error_before_the_model_was_asked_leaves_a_void_call(deliveries: Deliveries) -> None:
    row = deliveries.send(deliveries.capture())
    lost = ScoutError(ErrorClass.NETWORK, "the bucket does not answer")
    assert deliveries.deliver(row, at=3, raising=lost) is lost
    assert deliveries.calls() == [("void", False)]
    assert deliveries.analyses() == [("pending", "network", None)]


def test_a_profile_that_asks_for_an_unknown_provider_fails_with_its_name(
    deliveries: Deliveries,
) -> None:
    yard = deliveries.yard
    with resources().store.transaction() as tx:
        profiles.ensure_active(
            tx, yard.organization_id, yard.camera_id, provider="x", model="y", instructions=""
        )
    assert deliveries.deliver(deliveries.send(deliveries.capture())) is None
    assert deliveries.analyses() == [("failed", "bad_request", None)]
    assert "'x'" in deliveries.database.value("SELECT error_detail FROM scout.analyses")
    assert deliveries.calls() == [("void", False)]


def test_an_answer_that_cannot_be_parsed_is_asked_for_once_more_and_then_fails(
    deliveries: Deliveries,
) -> None:
    deliveries.provider.raw = "I am sorry, \x00 I cannot."
    capture_id = deliveries.capture()
    assert deliveries.deliver(deliveries.send(capture_id)) is None
    assert deliveries.deliver(deliveries.send(capture_id)) is None
    assert deliveries.analyses() == [("failed", "schema_invalid", None)]
    assert deliveries.calls() == [("succeeded", True), ("succeeded", True)]
    raw = deliveries.database.value("SELECT raw_answer FROM scout.llm_calls LIMIT 1")
    assert raw == "I am sorry, \ufffd I cannot."
    assert len(deliveries.provider.paid) == 2


def test_a_message_for_no_capture_is_an_operators_matter(deliveries: Deliveries) -> None:
    row = deliveries.send(uuid4())
    error = deliveries.deliver(row)
    assert isinstance(error, NothingToAnalyzeError)
    assert error.error_class is ErrorClass.BAD_REQUEST


def test_a_camera_without_a_profile_is_an_operators_matter(deliveries: Deliveries) -> None:
    deliveries.database.rows("UPDATE scout.profile_versions SET state = 'retired'")
    error = deliveries.deliver(deliveries.send(deliveries.capture()))
    assert isinstance(error, NothingToAnalyzeError)
    assert deliveries.analyses() == []


def test_a_429_closes_the_gate_for_whoever_comes_next_and_nobody_else_is_asked(
    deliveries: Deliveries,
) -> None:
    def refuse() -> None:
        raise ModelError(ErrorClass.RATE_LIMITED, "slow down", retry_after=7.0)

    deliveries.provider.before = refuse
    first = deliveries.deliver(deliveries.send(deliveries.capture(1)))
    second = deliveries.deliver(deliveries.send(deliveries.capture(2)))

    for error in (first, second):
        assert isinstance(error, ScoutError)
        assert error.error_class is ErrorClass.RATE_LIMITED
        assert 0 < (error.retry_after or 0) < 9
    assert [state for state, _, _ in deliveries.analyses()] == ["deferred", "deferred"]
    assert deliveries.calls() == [("failed", False)]
    assert deliveries.database.value(
        "SELECT error_detail FROM scout.analyses WHERE attempts = 1 "
        "ORDER BY created_at DESC LIMIT 1"
    ).startswith("counting/")


def test_a_refused_key_pauses_the_model_until_somebody_resumes_it(
    deliveries: Deliveries, caplog: pytest.LogCaptureFixture
) -> None:
    deliveries.provider.before = _refuse(ErrorClass.AUTH)
    assert deliveries.deliver(deliveries.send(deliveries.capture(1))) is None
    deliveries.provider.before = lambda: None
    row = deliveries.send(deliveries.capture(2))

    error = deliveries.deliver(row)

    assert isinstance(error, ScoutError)
    assert error.error_class is ErrorClass.PAUSED
    assert "provider resume counting" in caplog.text
    with deliveries.yard.store.transaction() as tx:
        switches.resume(tx, switches.provider("counting"))
    assert deliveries.deliver(row) is None
    assert deliveries.analyses()[1] == COMPLETED
