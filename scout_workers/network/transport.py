"""One request and its whole answer, over connections that the current operation can cut."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

from urllib3 import PoolManager, ProxyManager, Timeout
from urllib3.exceptions import HTTPError, ProtocolError
from urllib3.util import make_headers, parse_url

from scout_workers.network.connections import HeldPool, HeldTLSPool
from scout_workers.network.operation import current, seconds_left
from scout_workers.network.proxies import proxy_for
from scout_workers.network.trust import context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from urllib3 import BaseHTTPResponse, HTTPHeaderDict

_CHUNK: Final = 65_536
_EXPLANATION_BYTES: Final = 65_536


class TooLongError(HTTPError):
    """The answer is longer than the most that was asked for.

    Attributes:
        size: How long, in words ("50000000 bytes", "more than 1000 bytes").
        limit: The most, in bytes.
    """

    def __init__(self, size: str, limit: int) -> None:
        super().__init__(f"an answer of {size} where {limit} are the most")
        self.size = size
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, beside the operation's own end.

    Attributes:
        connect_seconds: The most to wait for one address to accept.
        silence_seconds: The most to wait for the next byte; None: until the operation ends.
        pool_size: Idle connections kept; more are opened when more threads ask.
    """

    connect_seconds: float = 5.0
    silence_seconds: float | None = None
    pool_size: int = 64


@dataclass(frozen=True, slots=True)
class Request:
    """One request, with its headers as they are to be sent.

    Attributes:
        limit: The longest body of a success to accept, in bytes.
        repeatable: Whether it may be sent a second time where a kept connection turns out dead
            before a byte was answered: what is paid for may not.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    limit: int
    repeatable: bool = False


class Reply(NamedTuple):
    """One whole answer; of an error's body only the beginning, as far as it came."""

    status: int
    headers: HTTPHeaderDict
    body: bytes


class Transport:
    """Sends requests within the current operation; safe to share between threads.

    Args:
        patience: Timeouts and the number of idle connections.
        ca_certs: The CA file's path; None takes the environment's or the system's.
    """

    def __init__(self, patience: Patience = Patience(), *, ca_certs: str | None = None) -> None:
        self._patience = patience
        self._ca_certs = ca_certs
        self._managers: dict[tuple[bool, str | None], PoolManager] = {}

    def send(self, request: Request) -> Reply:
        """Answer one request whole.

        Raises:
            DeadlineExceeded: The operation's time was spent before it was sent.
            TooLongError: Before the body is downloaded, where its length is told.
            urllib3.exceptions.HTTPError: Everything else the network can do.
        """
        response = self._sent(request)
        try:
            body = _whole(response, request.limit)
        except BaseException:
            response.close()
            raise
        finally:
            response.release_conn()
        return Reply(response.status, response.headers, body)

    def status_of(self, request: Request) -> Reply:
        """Send one request, and return its answer without the body.

        The connection is closed on whatever else the other side has to say: it is not kept, and
        nothing can hold us once the status is there.

        Raises:
            DeadlineExceeded: The operation's time was spent before it was sent.
            urllib3.exceptions.HTTPError: Everything the network can do.
        """
        response = self._sent(request)
        response.close()
        return Reply(response.status, response.headers, b"")

    def close(self) -> None:
        """Close every idle connection."""
        for manager in tuple(self._managers.values()):
            manager.clear()

    def _sent(self, request: Request) -> BaseHTTPResponse:
        operation = current()
        before = operation.connections_made
        try:
            return self._sent_once(request)
        except ProtocolError:
            # A kept connection that the server closed as we took it up: nothing was answered, so
            # it is asked again on a new one. Retrying anything else is the message's business.
            fresh = operation.connections_made > before
            if fresh or operation.was_cut or not request.repeatable:
                raise
        return self._sent_once(request)

    def _sent_once(self, request: Request) -> BaseHTTPResponse:
        proxy = proxy_for(request.url)
        manager = self._manager(proxy, tls=request.url.startswith("https:"))
        pool = manager.connection_from_url(request.url)
        left = seconds_left()
        response = pool.urlopen(
            request.method,
            _target(request.url, proxy),
            body=request.body,
            headers=request.headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=Timeout(
                connect=min(self._patience.connect_seconds, left),
                read=min(self._patience.silence_seconds or left, left),
            ),
            preload_content=False,
            decode_content=False,
        )
        if not current().holds():
            response.close()
            raise RuntimeError("urllib3 made a connection that nothing can cut")
        return response

    def _manager(self, proxy: str | None, *, tls: bool) -> PoolManager:
        manager = self._managers.get((tls, proxy))
        if manager is None:
            made = self._new_manager(proxy, tls=tls or (proxy or "").startswith("https:"))
            manager = self._managers.setdefault((tls, proxy), made)
        return manager

    def _new_manager(self, proxy: str | None, *, tls: bool) -> PoolManager:
        # One context for all connections: urllib3 would read the certificates anew for each.
        trusting = context(self._ca_certs) if tls else None
        manager: PoolManager
        if proxy is None:
            manager = PoolManager(maxsize=self._patience.pool_size, ssl_context=trusting)
        else:
            credentials = parse_url(proxy).auth
            manager = ProxyManager(
                proxy,
                maxsize=self._patience.pool_size,
                ssl_context=trusting,
                proxy_headers=make_headers(proxy_basic_auth=credentials) if credentials else None,
            )
        manager.pool_classes_by_scheme = {"http": HeldPool, "https": HeldTLSPool}
        return manager


def _target(url: str, proxy: str | None) -> str:
    """The request line's target as it was written; urllib3 would resolve "a/../b" in a path."""
    if proxy is not None and url.startswith("http:"):
        return url
    _, _, rest = url.partition("://")
    _, slash, path = rest.partition("/")
    return f"{slash or '/'}{path}"


def _whole(response: BaseHTTPResponse, limit: int) -> bytes:
    """Read the body to the end that its headers promised.

    Raises:
        TooLongError: It is longer than the limit.
        ProtocolError: It ended early, or nothing said where it ends: such an answer cannot be
            told from one that was cut, headers and all.
    """
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        return _explanation(response)
    length = response.length_remaining
    if length is None and "chunked" not in response.headers.get("Transfer-Encoding", "").lower():
        raise ProtocolError("the answer does not say how long it is: it may be cut")
    if length is not None and length > limit:
        raise TooLongError(f"{length} bytes", limit)
    body = _read(response, limit)
    if len(body) > limit:
        raise TooLongError(f"more than {limit} bytes", limit)
    return body


def _explanation(response: BaseHTTPResponse) -> bytes:
    """Read what an error says of itself; its status counts even if that is cut or endless."""
    try:
        body = _read(response, _EXPLANATION_BYTES)
    except HTTPError:
        return b""
    if len(body) > _EXPLANATION_BYTES:
        response.close()
    return body[:_EXPLANATION_BYTES]


def _read(response: BaseHTTPResponse, limit: int) -> bytes:
    body = bytearray()
    while len(body) <= limit and (chunk := response.read(_CHUNK)):
        seconds_left()
        body += chunk
    return bytes(body)
