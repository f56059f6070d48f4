"""Botocore's requests, sent by our transport.

Registered for botocore's `before-send` event, whose handlers may answer a signed request
themselves; botocore then sends nothing of its own.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from urllib3 import HTTPResponse

from scout_workers.network.operation import current
from scout_workers.network.transport import Request

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from scout_workers.network.transport import Reply, Transport

_REPEATABLE: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})


class SDKTransport:
    """Answers botocore's signed requests, each within the current operation.

    Args:
        transport: Sends them.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def limit(self, request: AWSPreparedRequest) -> int:
        """Return the longest body to accept as the answer of a request."""
        del request
        return current().max_bytes

    def accept(self, reply: Reply) -> None:
        """Refuse, by raising, what botocore would make nothing or nonsense of."""

    def __call__(self, request: AWSPreparedRequest, **_event: object) -> AWSResponse:
        """Answer one request whole.

        Raises:
            As `Transport.send`.
        """
        reply = self._transport.send(
            Request(
                request.method,
                request.url,
                _headers(request),
                _body(request),
                limit=self.limit(request),
                repeatable=request.method in _REPEATABLE,
            )
        )
        self.accept(reply)
        # botocore reads this one, which cannot block and cannot end early.
        raw = HTTPResponse(
            io.BytesIO(reply.body),
            headers=reply.headers,
            status=reply.status,
            preload_content=False,
            decode_content=False,
            enforce_content_length=False,
        )
        headers = HTTPHeaders.from_pairs(reply.headers.items())
        return AWSResponse(request.url, reply.status, headers, raw)

    def close(self) -> None:
        """Close every idle connection."""
        self._transport.close()


def _body(request: AWSPreparedRequest) -> bytes | None:
    body = request.body
    if body is None or isinstance(body, bytes):
        return body
    whole = body.read() if hasattr(body, "read") else body
    return whole.encode() if isinstance(whole, str) else bytes(whole)


def _headers(request: AWSPreparedRequest) -> dict[str, str]:
    # No "Expect: 100-continue": waiting for it, botocore spins for ever if the server hangs up
    # after "100 Continue", and images are too small for the question to pay.
    return {
        name: _text(value) for name, value in request.headers.items() if name.lower() != "expect"
    }


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
