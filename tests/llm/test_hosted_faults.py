"""Providers that never end, break off, flood or say no: ended in time, and never a success."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from fix_hosted import MAKERS, described, success
from fix_http import answer, drips, head, sends, silent, then_hangs_up, then_resets

from scout_workers import deadline
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.protocol import ModelError
from scout_workers.network.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_http import Behaviour, HTTPServer, StartRawServer

    from scout_workers.llm.hosted.provider import HostedProvider

LONG = 400 * b" "  # at 0.05 s a byte, 20 s of dripping
LIMIT = 0.3

# Each keeps the client waiting for ever; but for the first, no socket timeout ever passes.
ENDLESS: dict[str, Behaviour] = {
    "silent": silent,
    "headers drip": drips(b"HTTP/1.1 200 OK\r\nX-Long: ", LONG.replace(b" ", b"x")),
    "body drips": drips(head(content_length=len(LONG)), LONG),
    "chunks drip": drips(head(transfer_encoding="chunked"), 100 * b"1\r\n \r\n"),
    "error body drips": drips(head(500, content_length=len(LONG)), LONG),
}

# Each looks like a success until one counts.
CUT_SHORT: dict[str, Behaviour] = {
    "no answer": then_hangs_up(b""),
    "headers cut": then_hangs_up(b"HTTP/1.1 200 OK\r\nContent-Type: appl"),
    "body cut": then_hangs_up(head(content_length=100) + b'{"choices": ['),
    "no length": then_hangs_up(head() + b"{}"),
    "last chunk missing": then_hangs_up(head(transfer_encoding="chunked") + b"2\r\n{}\r\n"),
    "reset at once": then_resets(),
    "reset in the body": then_resets(head(content_length=100) + b'{"choices": ['),
    "no HTTP": then_hangs_up(b"SSH-2.0-OpenSSH_9.2\r\n"),
}


@contextmanager
def ends_within(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def error_of(provider: HostedProvider) -> ModelError:
    with pytest.raises(ModelError) as caught:
        described(provider)
    return caught.value


@pytest.mark.parametrize("behaviour", ENDLESS.values(), ids=ENDLESS)
def test_a_provider_that_never_ends_is_cut_off_within_half_a_second_of_the_deadline(
    http_server: HTTPServer, hosted: HostedProvider, hosted_name: str, behaviour: Behaviour
) -> None:
    http_server.plays(answer(success(hosted_name)), behaviour)
    described(hosted)  # what is imported and connected once is not the call's

    with deadline.starting(LIMIT), ends_within(LIMIT + 0.5):
        error = error_of(hosted)

    assert error.error_class is ErrorClass.TIMEOUT


def test_a_provider_is_cut_off_by_its_own_budget_where_no_deadline_is_set(
    http_server: HTTPServer, hosted_name: str
) -> None:
    provider = MAKERS[hosted_name](http_server.url, seconds=LIMIT)
    http_server.plays(ENDLESS["body drips"])

    with ends_within(10.0):
        error = error_of(provider)

    provider.close()
    assert error.error_class is ErrorClass.TIMEOUT


def test_control_without_the_watchdog_a_drip_outlives_the_deadline(
    http_server: HTTPServer,
    hosted: HostedProvider,
    hosted_name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Operation, "cut", lambda _self: None)
    http_server.plays(answer(success(hosted_name)), drips(head(content_length=30), 30 * b" "))
    described(hosted)
    began = time.monotonic()
    with deadline.starting(LIMIT):
        error_of(hosted)
    assert time.monotonic() - began > LIMIT + 0.5


@pytest.mark.parametrize("behaviour", CUT_SHORT.values(), ids=CUT_SHORT)
def test_an_answer_cut_short_is_never_a_success_and_is_asked_for_once(
    http_server: HTTPServer, hosted: HostedProvider, behaviour: Behaviour
) -> None:
    http_server.plays(behaviour)

    error = error_of(hosted)

    assert (error.error_class, error.unsent) == (ErrorClass.NETWORK, False)
    assert len(http_server.requests) == 1


def test_a_kept_connection_found_dead_is_not_paid_for_twice(
    http_server: HTTPServer, hosted: HostedProvider, hosted_name: str
) -> None:
    whole = answer(success(hosted_name))
    http_server.plays(whole, then_hangs_up(b""), whole)
    described(hosted)

    assert error_of(hosted).error_class is ErrorClass.NETWORK
    assert len(http_server.requests) == 2


def test_fifty_megabytes_are_refused_before_they_are_downloaded(
    http_server: HTTPServer, hosted: HostedProvider
) -> None:
    http_server.plays(drips(head(content_length=50_000_000), LONG))

    with ends_within(10.0):
        error = error_of(hosted)

    assert error.error_class is ErrorClass.NETWORK
    assert "50000000 bytes" in error.detail


def test_nobody_listening_is_no_paid_call(raw_server: StartRawServer, hosted_name: str) -> None:
    with raw_server(lambda peer: peer.hang_up()) as server:
        url = server.url
    provider = MAKERS[hosted_name](url)

    error = error_of(provider)

    assert (error.error_class, error.unsent) == (ErrorClass.NETWORK, True)


@pytest.mark.parametrize(
    ("status", "error_class"),
    [
        (307, ErrorClass.BAD_REQUEST),
        (400, ErrorClass.BAD_REQUEST),
        (401, ErrorClass.AUTH),
        (403, ErrorClass.AUTH),
        (404, ErrorClass.BAD_REQUEST),
        (408, ErrorClass.TIMEOUT),
        (413, ErrorClass.CONTEXT_TOO_LONG),
        (429, ErrorClass.RATE_LIMITED),
        (500, ErrorClass.SERVER_ERROR),
        (502, ErrorClass.SERVER_ERROR),
        (503, ErrorClass.OVERLOADED),
        (504, ErrorClass.TIMEOUT),
    ],
)
def test_a_status_has_one_class_for_all_providers(
    http_server: HTTPServer, hosted: HostedProvider, status: int, error_class: ErrorClass
) -> None:
    http_server.plays(answer(b"<html>no</html>", status, location="http://127.0.0.1:1/"))

    assert error_of(hosted).error_class is error_class
    assert len(http_server.requests) == 1


def test_overloaded_as_anthropic_says_it(http_server: HTTPServer) -> None:
    provider = MAKERS["anthropic"](http_server.url)
    body = json.dumps({"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}})
    http_server.plays(
        sends(f"HTTP/1.1 529 Busy\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    )

    error = error_of(provider)

    provider.close()
    assert error.error_class is ErrorClass.OVERLOADED
    assert "overloaded_error: Busy" in error.detail


def test_how_long_to_wait_is_told_on(http_server: HTTPServer, hosted: HostedProvider) -> None:
    http_server.plays(answer(b"{}", 429, retry_after=7))

    with ends_within(5.0):
        error = error_of(hosted)

    assert error.retry_after == 7.0
