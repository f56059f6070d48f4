"""S3's requests, sent by the network floor: how long an answer may be, and what a longer one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from urllib3.exceptions import ProtocolError

from scout_workers.blobs.protocol import too_large
from scout_workers.network.operation import current
from scout_workers.network.sdk import SDKTransport
from scout_workers.network.transport import TooLongError

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

_ANSWER_BYTES: Final = 65_536


class S3Transport(SDKTransport):
    """A blob is as long as its reader takes; everything else S3 says is short."""

    def limit(self, request: AWSPreparedRequest) -> int:
        """Return the longest body to accept as the answer of a request."""
        return current().max_bytes if request.stream_output else _ANSWER_BYTES

    def __call__(self, request: AWSPreparedRequest, **event: object) -> AWSResponse:
        """Answer one request whole.

        Raises:
            BlobError: image_too_large.
            DeadlineExceeded: The operation's time was spent before it was sent.
            urllib3.exceptions.HTTPError: Everything the network can do.
        """
        try:
            return super().__call__(request, **event)
        except TooLongError as error:
            if request.stream_output:
                raise too_large(current().subject, error.size, error.limit) from error
            raise ProtocolError(f"an answer of {error.size} where S3 says little") from error
