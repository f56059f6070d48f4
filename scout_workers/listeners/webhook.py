"""Events posted to an address, signed."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from scout_workers import deadline
from scout_workers.domain.errors import ErrorClass
from scout_workers.listeners.protocol import ListenerError
from scout_workers.listeners.signature import signature
from scout_workers.network import failures
from scout_workers.network.operation import bounded
from scout_workers.network.transport import Request
from scout_workers.phases import outside_transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scout_workers.domain.events import Event
    from scout_workers.network.transport import Transport

_LONGEST_WAIT: Final = 3600.0


class Webhook:
    """An address that takes an event by answering with 200 to 299.

    The answer's body is not read: its status is all that counts, and nothing the other side goes on
    saying can hold us. Redirects are not followed: an event goes where the settings say. Addresses
    of private networks are no exception, since no URL ever comes from anywhere but the settings.

    Args:
        name: What the settings call it.
        url: Where to.
        secret: What is signed with.
        transport: Sends.
        seconds: Longest an attempt may take.
    """

    def __init__(
        self, name: str, *, url: str, secret: str, transport: Transport, seconds: float
    ) -> None:
        self._name = name
        self._url = url
        self._secret = secret
        self._transport = transport
        self._seconds = seconds

    def tell(self, event: Event) -> None:
        """Post the event (see `Listener.tell`)."""
        outside_transaction(f"telling {self._name}")
        body = event.as_json().encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "scout-workers",
            "Scout-Event-Id": str(event.id),
            "Scout-Event": event.kind,
            "Scout-Signature": signature(self._secret, body, int(time.time())),
        }
        request = Request("POST", self._url, headers, body, limit=0)
        try:
            with bounded(self._name, seconds=self._seconds, max_bytes=0):
                reply = self._transport.status_of(request)
        except deadline.DeadlineExceeded as error:
            raise ListenerError(ErrorClass.TIMEOUT, "it did not answer in time") from error
        except failures.EXPECTED as error:
            # In a word: what the network says may name the whole URL.
            detail = f"it could not be reached ({type(error).__name__})"
            raise ListenerError(failures.class_of(error), detail) from error
        if not HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
            raise _refusal(reply.status, reply.headers)

    def describe(self) -> str:
        """Say what it is; of the URL no more than the host (see `Listener.describe`)."""
        return f"webhook at {self._url.split('/')[2]}"


def _refusal(status: int, headers: Mapping[str, str]) -> ListenerError:
    wait = None
    error_class = ErrorClass.BAD_REQUEST
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        wait = _seconds(headers.get("Retry-After", ""))
        error_class = ErrorClass.RATE_LIMITED
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        error_class = ErrorClass.SERVER_ERROR
    elif status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        error_class = ErrorClass.AUTH
    redirected = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    more = ": redirects are not followed" if redirected else ""
    return ListenerError(error_class, f"it answered {status}{more}", retry_after=wait)


def _seconds(retry_after: str) -> float | None:
    """Return how long the other side asks to be left alone; None where it does not say."""
    if retry_after.strip().isdecimal():
        return min(float(retry_after), _LONGEST_WAIT)
    try:
        left = parsedate_to_datetime(retry_after).timestamp() - time.time()
    except ValueError:
        return None
    return min(max(left, 0.0), _LONGEST_WAIT)
