"""A webhook against a real server that answers, drips, redirects, hangs up."""

from __future__ import annotations

import hmac
import json
import time
from typing import TYPE_CHECKING

import pytest
from fix_events import EVENT
from fix_http import answer, drips, head, silent, then_hangs_up, then_resets

from scout_workers.domain.errors import ErrorClass
from scout_workers.listeners.protocol import ListenerError, Target
from scout_workers.listeners.webhook import Webhook
from scout_workers.network.transport import Transport
from scout_workers.phases import TransactionHeldError, holding_transaction

if TYPE_CHECKING:
    from fix_http import Behaviour, HTTPServer

SECRET = "hunter2"  # noqa: S105 (nobody's)


@pytest.fixture
def webhook(http_server: HTTPServer) -> Webhook:
    return webhook_at(f"{http_server.url}/hooks/scout")


def webhook_at(url: str, seconds: float = 5.0) -> Webhook:
    return Webhook("crm", url=url, secret=SECRET, transport=Transport(), seconds=seconds)


def refusal(webhook: Webhook) -> ListenerError:
    with pytest.raises(ListenerError) as caught:
        webhook.tell(EVENT)
    return caught.value


def test_an_event_is_posted_with_its_id_and_a_signature_of_time_and_body(
    http_server: HTTPServer, webhook: Webhook
) -> None:
    http_server.plays(answer(status=202))
    webhook.tell(EVENT)

    (request,) = http_server.requests
    assert (request.method, request.path) == ("POST", "/hooks/scout")
    assert json.loads(request.body)["headline"] == "Ein Lkw: „groß“"
    assert request.headers["scout-event-id"] == str(EVENT.id)
    assert request.headers["scout-event"] == "analysis.completed"
    timestamp, signed = (
        part.partition("=")[2] for part in request.headers["scout-signature"].split(",")
    )
    assert abs(int(timestamp) - time.time()) < 60
    expected = hmac.new(SECRET.encode(), timestamp.encode() + b"." + request.body, "sha256")
    assert hmac.compare_digest(signed, expected.hexdigest())


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(answer(b"x" * 100_000), id="says much"),
        pytest.param(then_hangs_up(head(200)), id="does not say how long it is"),
        pytest.param(drips(head(200, content_length=50_000_000), b"x" * 10_000), id="drips"),
        pytest.param(answer(status=204), id="says nothing"),
    ],
)
def test_the_status_is_all_that_counts_and_no_body_holds_us(
    http_server: HTTPServer, webhook: Webhook, behaviour: Behaviour
) -> None:
    http_server.plays(behaviour)
    started = time.monotonic()
    webhook.tell(EVENT)
    assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    ("status", "error_class"),
    [
        (500, ErrorClass.SERVER_ERROR),
        (404, ErrorClass.BAD_REQUEST),
        (401, ErrorClass.AUTH),
        (429, ErrorClass.RATE_LIMITED),
    ],
)
def test_any_other_status_is_a_refusal_of_its_class(
    http_server: HTTPServer, webhook: Webhook, status: int, error_class: ErrorClass
) -> None:
    http_server.plays(answer(b"secret words", status=status))
    error = refusal(webhook)
    assert error.error_class is error_class
    assert error.detail == f"it answered {status}"


@pytest.mark.parametrize(("said", "wait"), [("7", 7.0), ("999999", 3600.0), ("soon", None)])
def test_how_long_it_asks_to_be_left_alone_is_heeded_within_bounds(
    http_server: HTTPServer, webhook: Webhook, said: str, wait: float | None
) -> None:
    http_server.plays(answer(status=429, retry_after=said))
    assert refusal(webhook).retry_after == wait


def test_a_redirect_is_not_followed(http_server: HTTPServer, webhook: Webhook) -> None:
    http_server.plays(answer(status=307, location=f"{http_server.url}/elsewhere"))
    assert refusal(webhook).detail == "it answered 307: redirects are not followed"
    assert len(http_server.requests) == 1


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(silent, id="silent"),
        pytest.param(drips(b"", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 1000), id="drips headers"),
    ],
)
def test_an_attempt_ends_in_its_time_whatever_the_other_side_does(
    http_server: HTTPServer, behaviour: Behaviour
) -> None:
    http_server.plays(behaviour)
    error = refusal(webhook_at(f"{http_server.url}/", seconds=0.5))
    assert error.error_class is ErrorClass.TIMEOUT


def test_what_the_network_does_is_told_without_the_address(http_server: HTTPServer) -> None:
    http_server.plays(then_resets())
    url = f"{http_server.url}/{SECRET}"
    error = refusal(webhook_at(url))
    assert error.error_class is ErrorClass.NETWORK
    assert SECRET not in str(error)
    assert SECRET not in webhook_at(url).describe()


def test_nobody_is_told_inside_a_transaction(webhook: Webhook) -> None:
    with holding_transaction(), pytest.raises(TransactionHeldError):
        webhook.tell(EVENT)


@pytest.mark.parametrize(
    ("organizations", "kinds", "wanted"),
    [
        (set(), (), True),
        ({"Acme"}, ("analysis.*",), True),
        ({"Other"}, (), False),
        (set(), ("summary.*",), False),
        ({"Acme"}, ("analysis.failed", "analysis.completed"), True),
    ],
)
def test_a_target_wants_what_its_settings_say(
    *, webhook: Webhook, organizations: set[str], kinds: tuple[str, ...], wanted: bool
) -> None:
    assert Target(webhook, frozenset(organizations), kinds).wants(EVENT) is wanted
