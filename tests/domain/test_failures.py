from __future__ import annotations

import pytest

from scout_workers.domain.calls import CallStatus
from scout_workers.domain.captures import CaptureState
from scout_workers.domain.errors import ErrorClass, ScoutError, Verdict
from scout_workers.domain.failures import DETAIL_CAP, failure_of


@pytest.mark.parametrize("error_class", list(ErrorClass))
def test_a_call_that_was_never_sent_is_void(error_class: ErrorClass) -> None:
    failure = failure_of(ScoutError(error_class, "why"), sent=False)
    assert failure.call_status is CallStatus.VOID
    assert failure.detail == "why"


@pytest.mark.parametrize("error_class", list(ErrorClass))
def test_a_call_that_ended_in_silence_is_in_doubt_and_one_that_was_refused_failed(
    error_class: ErrorClass,
) -> None:
    silent = error_class in {ErrorClass.TIMEOUT, ErrorClass.NETWORK}
    failure = failure_of(ScoutError(error_class, "why"), sent=True)
    assert failure.call_status is (CallStatus.IN_DOUBT if silent else CallStatus.FAILED)


@pytest.mark.parametrize("error_class", list(ErrorClass))
def test_the_verdict_decides_where_the_analysis_goes(error_class: ErrorClass) -> None:
    failure = failure_of(ScoutError(error_class, "why"), sent=False)
    state, final = {
        Verdict.RETRY: ("pending", False),
        Verdict.DEFER: ("deferred", False),
        Verdict.FAIL: ("failed", True),
        Verdict.TERMINAL: ("failed", True),
    }[error_class.verdict]
    assert (failure.analysis_state, failure.final) == (state, final)


@pytest.mark.parametrize(
    ("error_class", "state"),
    [
        (ErrorClass.IMAGE_MISSING, CaptureState.MISSING),
        (ErrorClass.IMAGE_UNREADABLE, CaptureState.UNREADABLE),
        (ErrorClass.IMAGE_TOO_LARGE, CaptureState.UNREADABLE),
        (ErrorClass.REFUSED, None),
        (ErrorClass.NETWORK, None),
    ],
)
def test_only_a_bad_image_says_something_of_the_capture(
    error_class: ErrorClass, state: CaptureState | None
) -> None:
    assert failure_of(ScoutError(error_class, "why"), sent=False).capture_state is state


@pytest.mark.parametrize(
    ("sent", "status"), [(True, CallStatus.IN_DOUBT), (False, CallStatus.VOID)]
)
def test_an_error_nobody_foresaw_is_retried_and_its_text_kept_out(
    sent: bool,  # noqa: FBT001 - a parameter of the test
    status: CallStatus,
) -> None:
    failure = failure_of(KeyError("a secret"), sent=sent)
    assert failure.verdict is Verdict.RETRY
    assert (failure.error_class, failure.detail) == ("unexpected", "KeyError")
    assert failure.call_status is status


def test_a_long_reason_is_cut() -> None:
    error = ScoutError(ErrorClass.REFUSED, "x" * 10_000)
    assert len(failure_of(error, sent=True).detail) == DETAIL_CAP


@pytest.mark.parametrize("error_class", [ErrorClass.NETWORK, ErrorClass.TIMEOUT])
def test_a_call_that_reached_nobody_is_void_and_not_in_doubt(error_class: ErrorClass) -> None:
    nobody_there = ScoutError(error_class, "connection refused", unsent=True)

    assert failure_of(nobody_there, sent=True).call_status is CallStatus.VOID
