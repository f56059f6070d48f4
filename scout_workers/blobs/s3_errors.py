"""What an error of S3, of its SDK or of the network means for a piece of work."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from scout_workers.blobs.protocol import BlobError
from scout_workers.domain.errors import ErrorClass
from scout_workers.network import failures, sdk_failures

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

EXPECTED = sdk_failures.EXPECTED
"""Everything that can go wrong outside this process, as the SDK and the transport raise it."""

# Where the code says more than the status. Every other code goes by its status.
_CODES = {
    "NoSuchKey": ErrorClass.IMAGE_MISSING,
    "NoSuchVersion": ErrorClass.IMAGE_MISSING,
    "NoSuchBucket": ErrorClass.BAD_REQUEST,
    "InvalidObjectState": ErrorClass.BAD_REQUEST,
    "MethodNotAllowed": ErrorClass.BAD_REQUEST,
    "AccountProblem": ErrorClass.AUTH,
    "AuthorizationHeaderMalformed": ErrorClass.AUTH,
    "ExpiredToken": ErrorClass.AUTH,
    "InvalidToken": ErrorClass.AUTH,
    "RequestTimeTooSkewed": ErrorClass.AUTH,
    "TokenRefreshRequired": ErrorClass.AUTH,
    "SlowDown": ErrorClass.OVERLOADED,
    "RequestLimitExceeded": ErrorClass.OVERLOADED,
    "Throttling": ErrorClass.OVERLOADED,
    "ThrottlingException": ErrorClass.OVERLOADED,
    "TooManyRequests": ErrorClass.OVERLOADED,
    "RequestTimeout": ErrorClass.TIMEOUT,
    "InternalError": ErrorClass.SERVER_ERROR,
    "OperationAborted": ErrorClass.SERVER_ERROR,
}

# A bare 404 is not here: without S3's NoSuchKey it may come from a server that is no S3 at all,
# and must not settle every capture as missing, for good.
_STATUSES: dict[int, ErrorClass] = {
    HTTPStatus.UNAUTHORIZED: ErrorClass.AUTH,
    HTTPStatus.FORBIDDEN: ErrorClass.AUTH,
    HTTPStatus.REQUEST_TIMEOUT: ErrorClass.TIMEOUT,
    HTTPStatus.CONFLICT: ErrorClass.SERVER_ERROR,
    HTTPStatus.TOO_MANY_REQUESTS: ErrorClass.OVERLOADED,
    HTTPStatus.SERVICE_UNAVAILABLE: ErrorClass.OVERLOADED,
}

_WRONG_REGION = {
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.BAD_REQUEST,
}

_ADVICE = {
    "AccessDenied": "allow these credentials s3:GetObject, PutObject, DeleteObject, ListBucket",
    "AuthorizationHeaderMalformed": "set blobs.region to the bucket's region",
    "ExpiredToken": "renew the session token",
    "InvalidAccessKeyId": "check the access key",
    "InvalidObjectState": "it is archived; restore it first",
    "PermanentRedirect": "set blobs.region to the bucket's region",
    "RequestTimeTooSkewed": "set this machine's clock right",
    "SignatureDoesNotMatch": "check the secret key",
    "404": "that is not how S3 says that a blob is missing; check blobs.endpoint_url",
}


def from_answer(error: ClientError, what: str, *, make_bucket: str) -> BlobError:
    """Classify an error that S3 answered with.

    Args:
        error: What botocore made of the answer.
        what: What was attempted, as the sentence begins ("read of b/k in s3://b").
        make_bucket: The command that creates the bucket, for the case that it is not there.
    """
    details = error.response.get("Error", {})
    metadata = error.response.get("ResponseMetadata")
    status = metadata["HTTPStatusCode"] if metadata else 0
    headers = metadata["HTTPHeaders"] if metadata else {}
    code = str(details.get("Code", "")) or str(status)
    said = str(details.get("Message", "")) or "no reason given"
    region = headers.get("x-amz-bucket-region")
    if region and status in _WRONG_REGION:
        advice: str | None = f"the bucket is in {region}: set blobs.region to that"
    else:
        advice = f"create it: {make_bucket}" if code == "NoSuchBucket" else _ADVICE.get(code)
    return BlobError(
        _CODES.get(code) or _by_status(status),
        f"{what}: {said} ({code}, HTTP {status})" + (f"; {advice}" if advice else ""),
        retry_after=_retry_after(headers),
    )


def from_failure(error: Exception, what: str) -> BlobError:
    """Classify an error that kept S3 from answering: the network, the credentials, the SDK.

    Args:
        error: One of `EXPECTED`, other than a ClientError.
        what: What was attempted, as the sentence begins.
    """
    advice = ""
    if failures.untrusted(error):
        advice = "; name the service's CA file in AWS_CA_BUNDLE"
    elif isinstance(error, sdk_failures.CREDENTIALS):
        advice = "; set the access key and its secret, or AWS credentials of any kind"
    return BlobError(sdk_failures.class_of(error), f"{what}: {failures.reason(error)}{advice}")


def _by_status(status: int) -> ErrorClass:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _STATUSES.get(status, ErrorClass.SERVER_ERROR)
    return _STATUSES.get(status, ErrorClass.BAD_REQUEST)


def _retry_after(headers: dict[str, str]) -> float | None:
    told = headers.get("retry-after", "")
    return float(told) if told.isdecimal() else None
