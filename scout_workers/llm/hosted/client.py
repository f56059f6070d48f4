"""JSON asked and answered over the network floor; every failure is a ModelError."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from scout_workers import deadline, phases
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.hosted.failures import Refusal, error_of
from scout_workers.llm.protocol import ModelError
from scout_workers.network import failures
from scout_workers.network.operation import bounded
from scout_workers.network.transport import Request, Transport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scout_workers.network.transport import Reply

ATTEMPT_SECONDS: Final = 140.0
ANSWER_BYTES: Final = 4_000_000
VECTORS_BYTES: Final = 32_000_000
PROBE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Received:
    """A whole answer of a success.

    Attributes:
        body: Its JSON object.
        headers: Names are found in any case.
        latency_ms: Wall-clock time of the call.
    """

    body: dict[str, Any]
    headers: Mapping[str, str]
    latency_ms: int


@dataclass(frozen=True, slots=True)
class Client:
    """Reaches one provider.

    Attributes:
        provider: Its name, for sentences.
        base_url: What paths are appended to.
        headers: Sent with each request; they hold the key and are never shown.
        seconds: The most one call may take, or what the deadline has left if that is less.
    """

    provider: str
    base_url: str
    headers: Mapping[str, str] = field(repr=False)
    seconds: float = ATTEMPT_SECONDS
    transport: Transport = field(default_factory=Transport, repr=False)

    def post(self, path: str, asked: dict[str, Any], *, limit: int = ANSWER_BYTES) -> Received:
        """Send a JSON object and return the one that answers it.

        Raises:
            ModelError: The other side refused, failed, or did not answer whole and in time.
            TransactionHeldError: Called inside a transaction.
        """
        body = json.dumps(asked, ensure_ascii=False, separators=(",", ":")).encode()
        return self._call("POST", path, body, limit, self.seconds)

    def get(self, path: str) -> Received:
        """Ask for a JSON object that costs nothing.

        Raises:
            ModelError: As for `post`.
        """
        return self._call("GET", path, None, ANSWER_BYTES, min(self.seconds, PROBE_SECONDS))

    def close(self) -> None:
        """Close idle connections; the client may still be used and opens new ones."""
        self.transport.close()

    @property
    def _secrets(self) -> list[str]:
        return [value.removeprefix("Bearer ") for value in self.headers.values()]

    def _call(
        self, method: str, path: str, body: bytes | None, limit: int, seconds: float
    ) -> Received:
        headers = dict(self.headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        began = time.monotonic()
        with reaching(self.provider, seconds, limit):
            # What is paid for is never sent a second time by itself.
            request = Request(method, self.base_url + path, headers, body, limit)
            reply = self.transport.send(request)
        latency_ms = round(1000 * (time.monotonic() - began))
        if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
            refusal = refusal_of(reply)
            for secret in self._secrets:  # some repeat the key they refuse
                refusal = refusal._replace(words=refusal.words.replace(secret, "(key removed)"))
            raise error_of(self.provider, refusal, reply.headers)
        return Received(_object(self.provider, reply.body), reply.headers, latency_ms)


@contextmanager
def reaching(provider: str, seconds: float, limit: int) -> Iterator[None]:
    """Let a block reach a provider; what the network does to it is a ModelError.

    Raises:
        DeadlineExceeded: No time was left to begin with.
        ModelError: timeout, network or auth (a certificate nobody vouches for).
        TransactionHeldError: Called inside a transaction.
    """
    phases.outside_transaction("model call")
    deadline.clip(seconds)  # a deadline spent before we began is not the provider's doing
    try:
        with bounded(provider, seconds=seconds, max_bytes=limit):
            yield
    except deadline.DeadlineExceeded as error:
        raise ModelError(
            ErrorClass.TIMEOUT, f"the call of {provider} was cut off: {error.detail}"
        ) from error
    except failures.EXPECTED as error:
        advice = "; name its CA file in SSL_CERT_FILE" if failures.untrusted(error) else ""
        raise ModelError(
            failures.class_of(error),
            f"{provider}: {failures.reason(error)}{advice}",
            unsent=failures.unsent(error),
        ) from error


def refusal_of(reply: Reply) -> Refusal:
    """Read what an error says of itself: {"error": {"type", "code", "message"}} and its kin."""
    try:
        body = json.loads(reply.body)
    except (ValueError, RecursionError):
        return Refusal(reply.status)
    told = body.get("error", body) if isinstance(body, dict) else {}
    if isinstance(told, str):
        return Refusal(reply.status, words=told)
    if not isinstance(told, dict):
        return Refusal(reply.status)
    codes = (told.get(name) for name in ("code", "type"))
    code = next((each for each in codes if isinstance(each, str) and each), "")
    words = told.get("message")
    return Refusal(reply.status, code, words if isinstance(words, str) else "")


def _object(provider: str, body: bytes) -> dict[str, Any]:
    """Read a success's body: what is no JSON object was perhaps paid for, and answers nothing."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise unreadable(provider, "is no whole JSON") from error
    if not isinstance(found, dict):
        raise unreadable(provider, "is no JSON object")
    return found


def unreadable(provider: str, why: str) -> ModelError:
    """Refuse a success that answers nothing; it may have been paid for, so it is in doubt."""
    return ModelError(ErrorClass.NETWORK, f"the answer of {provider} {why}")
