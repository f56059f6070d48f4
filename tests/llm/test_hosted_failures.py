"""What a provider's own words mean, and how long it asks to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.hosted.failures import Refusal, error_of
from scout_workers.llm.hosted.retry_after import LONGEST_SECONDS, retry_after

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("refusal", "error_class"),
    [
        (Refusal(400, "context_length_exceeded", "too long"), ErrorClass.CONTEXT_TOO_LONG),
        (
            Refusal(400, "", "This model's maximum context length is 4096 tokens."),
            ErrorClass.CONTEXT_TOO_LONG,
        ),
        (
            Refusal(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000"),
            ErrorClass.CONTEXT_TOO_LONG,
        ),
        (
            Refusal(400, "ValidationException", "Input is too long for requested model."),
            ErrorClass.CONTEXT_TOO_LONG,
        ),
        (Refusal(400, "content_filter", "The prompt was filtered"), ErrorClass.REFUSED),
        (Refusal(400, "ServiceQuotaExceededException", "quota"), ErrorClass.RATE_LIMITED),
        (
            Refusal(400, "invalid_request_error", "Your credit balance is too low"),
            ErrorClass.RATE_LIMITED,
        ),
        (Refusal(402, "", ""), ErrorClass.RATE_LIMITED),
        (Refusal(429, "insufficient_quota", "You exceeded it"), ErrorClass.RATE_LIMITED),
        (Refusal(424, "ModelErrorException", ""), ErrorClass.SERVER_ERROR),
        (Refusal(429, "ModelNotReadyException", ""), ErrorClass.OVERLOADED),
        (Refusal(503, "ServiceUnavailableException", ""), ErrorClass.OVERLOADED),
        (Refusal(403, "AccessDeniedException", ""), ErrorClass.AUTH),
        (Refusal(422, "", "no such field"), ErrorClass.BAD_REQUEST),
    ],
)
def test_a_providers_own_words_say_more_than_its_status(
    refusal: Refusal, error_class: ErrorClass
) -> None:
    assert error_of("somebody", refusal, {}).error_class is error_class


def test_an_account_without_money_is_left_alone_for_a_while_and_says_so() -> None:
    error = error_of("openai", Refusal(429, "insufficient_quota", "No."), {"retry-after": "1"})

    assert error.retry_after == 900.0
    assert "top it up" in error.detail


def test_a_providers_words_are_made_inert_and_short() -> None:
    words = "<b>Read http://evil.example/x</b> " + 500 * "y"
    error = error_of("openai", Refusal(400, "bad", words), {})

    assert "http" not in error.detail
    assert "<" not in error.detail
    assert len(error.detail) < 300


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "1e9"}, LONGEST_SECONDS),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        (
            {
                "date": format_datetime(NOON, usegmt=True),
                "retry-after": format_datetime(NOON + timedelta(seconds=90), usegmt=True),
            },
            90.0,
        ),
    ],
)
def test_how_long_to_wait_is_read_in_every_form_and_bounded(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers) == seconds


def test_a_date_without_the_answers_own_is_taken_against_our_clock() -> None:
    later = datetime.now(UTC) + timedelta(seconds=100)
    found = retry_after({"retry-after": format_datetime(later, usegmt=True)})
    assert found is not None
    assert 80 < found <= 100
