"""HTTP for botocore in which every request ends in time, within its size, and is whole or fails.

Registered for botocore's `before-send` event, whose handlers may answer a signed request
themselves; botocore then sends nothing of its own.
"""

from __future__ import annotations

import io
import os
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies
from urllib3 import HTTPResponse, PoolManager, ProxyManager, Timeout
from urllib3.exceptions import HTTPError, ProtocolError
from urllib3.util import make_headers, parse_url

from scout_workers.blobs.connections import HeldPool, HeldTLSPool
from scout_workers.blobs.operation import current, seconds_left
from scout_workers.blobs.protocol import too_large

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from urllib3 import BaseHTTPResponse

    from scout_workers.blobs.options import S3Options

_CHUNK: Final = 65_536
_ANSWER_BYTES: Final = 65_536
_REPEATABLE: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})


class BoundedTransport:
    """Sends botocore's signed requests over connections that the current operation can cut.

    Args:
        options: Timeouts and the number of idle connections.
        ca_certs: The CA file's path; None takes REQUESTS_CA_BUNDLE or botocore's own.
    """

    def __init__(self, options: S3Options, *, ca_certs: str | None = None) -> None:
        self._options = options
        self._ca_certs = (
            ca_certs or os.environ.get("REQUESTS_CA_BUNDLE") or get_cert_path(verify=True)
        )
        self._managers: dict[str | None, PoolManager] = {}

    def __call__(self, request: AWSPreparedRequest, **_event: object) -> AWSResponse:
        """Answer one request whole.

        Raises:
            DeadlineExceeded: The operation's time was spent before it was sent.
            BlobError: image_too_large, before the body is downloaded where its length is told.
            urllib3.exceptions.HTTPError: Everything the network can do.
        """
        response = self._send(request)
        try:
            body = _whole(request, response)
        except BaseException:
            response.close()
            raise
        finally:
            response.release_conn()
        # botocore reads this one, which cannot block and cannot end early.
        raw = HTTPResponse(
            io.BytesIO(body),
            headers=response.headers,
            status=response.status,
            preload_content=False,
            decode_content=False,
            enforce_content_length=False,
        )
        headers = HTTPHeaders.from_pairs(response.headers.items())
        return AWSResponse(request.url, response.status, headers, raw)

    def close(self) -> None:
        """Close every idle connection."""
        for manager in tuple(self._managers.values()):
            manager.clear()

    def _send(self, request: AWSPreparedRequest) -> BaseHTTPResponse:
        operation = current()
        before = operation.connections_made
        try:
            return self._send_once(request)
        except ProtocolError:
            # A kept connection that the server closed as we took it up: nothing was answered, so
            # it is asked again on a new one. Retrying anything else is the message's business.
            fresh = operation.connections_made > before
            if fresh or operation.was_cut or request.method not in _REPEATABLE:
                raise
        request.reset_stream()
        return self._send_once(request)

    def _send_once(self, request: AWSPreparedRequest) -> BaseHTTPResponse:
        proxy = get_environ_proxies(request.url).get(parse_url(request.url).scheme or "")
        manager = self._manager(proxy)
        pool = manager.connection_from_url(request.url)
        body = request.body
        response = pool.urlopen(
            request.method,
            _target(request.url, proxy),
            body=bytes(body) if isinstance(body, bytearray) else body,
            headers=_headers(request),
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=Timeout(
                connect=min(self._options.connect_seconds, seconds_left()),
                read=min(self._options.silence_seconds, seconds_left()),
            ),
            preload_content=False,
            decode_content=False,
        )
        if not current().holds():
            response.close()
            raise RuntimeError("urllib3 made a connection that nothing can cut")
        return response

    def _manager(self, proxy: str | None) -> PoolManager:
        manager = self._managers.get(proxy)
        if manager is None:
            manager = self._managers.setdefault(proxy, self._new_manager(proxy))
        return manager

    def _new_manager(self, proxy: str | None) -> PoolManager:
        manager: PoolManager
        if proxy is None:
            manager = PoolManager(maxsize=self._options.pool_size, ca_certs=self._ca_certs)
        else:
            credentials = parse_url(proxy).auth
            manager = ProxyManager(
                proxy if "://" in proxy else f"http://{proxy}",
                maxsize=self._options.pool_size,
                ca_certs=self._ca_certs,
                proxy_headers=make_headers(proxy_basic_auth=credentials) if credentials else None,
            )
        manager.pool_classes_by_scheme = {"http": HeldPool, "https": HeldTLSPool}
        return manager


def _target(url: str, proxy: str | None) -> str:
    """The request line's target as it was signed; urllib3 would resolve "a/../b" in a key."""
    if proxy is not None and url.startswith("http:"):
        return url
    _, _, rest = url.partition("://")
    _, slash, path = rest.partition("/")
    return f"{slash or '/'}{path}"


def _headers(request: AWSPreparedRequest) -> dict[str, str]:
    # No "Expect: 100-continue": waiting for it, botocore spins for ever if the server hangs up
    # after "100 Continue", and images are too small for the question to pay.
    return {
        name: _text(value) for name, value in request.headers.items() if name.lower() != "expect"
    }


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _whole(request: AWSPreparedRequest, response: BaseHTTPResponse) -> bytes:
    """Read the body to the end that its headers promised.

    Raises:
        BlobError: image_too_large.
        ProtocolError: It ended early, or nothing said where it ends: such an answer cannot be
            told from one that was cut, headers and all.
    """
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        return _explanation(response)
    blob = request.stream_output
    limit = current().max_bytes if blob else _ANSWER_BYTES
    length = response.length_remaining
    if length is None and "chunked" not in response.headers.get("Transfer-Encoding", "").lower():
        raise ProtocolError("the answer does not say how long it is: it may be cut")
    if length is not None and length > limit:
        raise _too_long(f"{length} bytes", limit, blob=blob)
    body = _read(response, limit)
    if len(body) > limit:
        raise _too_long(f"more than {limit} bytes", limit, blob=blob)
    return body


def _too_long(size: str, limit: int, *, blob: bool) -> Exception:
    if blob:
        return too_large(current().blob, size, limit)
    return ProtocolError(f"an answer of {size} where S3 says little")


def _explanation(response: BaseHTTPResponse) -> bytes:
    """Read what an error says of itself; its status counts even if that is cut or endless."""
    try:
        body = _read(response, _ANSWER_BYTES)
    except HTTPError:
        return b""
    if len(body) > _ANSWER_BYTES:
        response.close()
    return body[:_ANSWER_BYTES]


def _read(response: BaseHTTPResponse, limit: int) -> bytes:
    body = bytearray()
    while len(body) <= limit and (chunk := response.read(_CHUNK)):
        seconds_left()
        body += chunk
    return bytes(body)
