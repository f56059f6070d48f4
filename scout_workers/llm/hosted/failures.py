"""What a provider's refusal to answer means: its status, its own code and its words."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.hosted.retry_after import retry_after
from scout_workers.llm.plain_text import plain
from scout_workers.llm.protocol import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS_LIMIT: Final = 200
_QUOTA_SECONDS: Final = 900.0
_OVERLOADED_STATUS: Final = 529

_TOO_LONG = re.compile(
    r"context.length|context.window|maximum context|prompt is too long|input is too long"
    r"|too many (?:input )?tokens|request_too_large",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"content_filter|content_policy|safety_violation|guardrail", re.IGNORECASE)
_OVERLOADED = re.compile(r"overloaded|notready|slow_down|capacity", re.IGNORECASE)
_QUOTA = re.compile(r"quota_?exceeded", re.IGNORECASE)
_NO_MONEY = re.compile(r"insufficient_quota|billing|credit balance|payment", re.IGNORECASE)
_OTHER_KEY = re.compile(r"\b(?:sk|pk|key|Bearer)[-_ ][\w.*-]{6,}")

_STATUSES: dict[int, ErrorClass] = {
    HTTPStatus.UNAUTHORIZED: ErrorClass.AUTH,
    HTTPStatus.FORBIDDEN: ErrorClass.AUTH,
    HTTPStatus.REQUEST_TIMEOUT: ErrorClass.TIMEOUT,
    HTTPStatus.CONFLICT: ErrorClass.SERVER_ERROR,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ErrorClass.CONTEXT_TOO_LONG,
    HTTPStatus.FAILED_DEPENDENCY: ErrorClass.SERVER_ERROR,
    HTTPStatus.TOO_EARLY: ErrorClass.SERVER_ERROR,
    HTTPStatus.TOO_MANY_REQUESTS: ErrorClass.RATE_LIMITED,
    HTTPStatus.SERVICE_UNAVAILABLE: ErrorClass.OVERLOADED,
    HTTPStatus.GATEWAY_TIMEOUT: ErrorClass.TIMEOUT,
    _OVERLOADED_STATUS: ErrorClass.OVERLOADED,
}

_ADVICE = {
    ErrorClass.AUTH: "check the key and what it may be used for",
    ErrorClass.CONTEXT_TOO_LONG: "choose a model that takes more, or send it less",
}


class Refusal(NamedTuple):
    """What a provider says of itself in an error.

    Attributes:
        status: Of HTTP.
        code: Its own name for the error; may be empty.
        words: Its own sentence: data; may be empty.
    """

    status: int
    code: str = ""
    words: str = ""


def error_of(provider: str, refusal: Refusal, headers: Mapping[str, str]) -> ModelError:
    """Classify an error that a provider answered with.

    Args:
        provider: Its name.
        refusal: What it said.
        headers: Of its answer; names are found in any case.
    """
    status, code, words = refusal
    error_class = _class_of(refusal)
    wait = retry_after(headers)
    advice = _ADVICE.get(error_class)
    if status == HTTPStatus.NOT_FOUND:
        advice = "check the model's name and the provider's base_url"
    elif _is_money(refusal):
        advice = "its account has nothing left: top it up"
        wait = max(wait or 0.0, _QUOTA_SECONDS)
    told = f"{provider} answered {status}" + (f" {plain(code, 60)}" if code else "")
    # Why a key is refused is told with the key in it, by some.
    if words and error_class is not ErrorClass.AUTH:
        told += f": {_OTHER_KEY.sub('(key removed)', plain(words, _WORDS_LIMIT))}"
    return ModelError(error_class, told + (f"; {advice}" if advice else ""), retry_after=wait)


def _class_of(refusal: Refusal) -> ErrorClass:
    status = refusal.status
    known = _STATUSES.get(status)
    if _is_money(refusal):
        return ErrorClass.RATE_LIMITED
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}:
        return _of_bad_request(refusal)
    if _OVERLOADED.search(refusal.code) and known is not ErrorClass.AUTH:
        return ErrorClass.OVERLOADED
    if known is not None:
        return known
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return ErrorClass.SERVER_ERROR if server else ErrorClass.BAD_REQUEST


def _of_bad_request(refusal: Refusal) -> ErrorClass:
    said = f"{refusal.code} {refusal.words}"
    if _TOO_LONG.search(said):
        return ErrorClass.CONTEXT_TOO_LONG
    if _QUOTA.search(refusal.code):
        return ErrorClass.RATE_LIMITED
    return ErrorClass.REFUSED if _REFUSED.search(said) else ErrorClass.BAD_REQUEST


def _is_money(refusal: Refusal) -> bool:
    """An account that is used up is deferred: it goes on by itself once it is topped up."""
    if refusal.status == HTTPStatus.PAYMENT_REQUIRED:
        return True
    said = f"{refusal.code} {refusal.words}"
    suspects = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}
    return refusal.status in suspects and bool(_NO_MONEY.search(said))
