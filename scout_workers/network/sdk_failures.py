"""What an error that kept an AWS service from answering means: network, credentials, SDK."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as SDKConnectionError
from botocore.parsers import ResponseParserError

from scout_workers.domain.errors import ErrorClass
from scout_workers.network import failures

CREDENTIALS = (
    CredentialRetrievalError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

EXPECTED = (BotoCoreError, ClientError, ResponseParserError, *failures.EXPECTED)
"""Everything that can go wrong outside this process, as the SDK and the transport raise it."""


def class_of(error: Exception) -> ErrorClass:
    """Return the class of one of `EXPECTED`, other than a ClientError: that one is an answer."""
    if isinstance(error, failures.EXPECTED):
        return failures.class_of(error)
    if isinstance(error, SDKConnectionError | HTTPClientError):
        return ErrorClass.NETWORK
    if isinstance(error, ResponseParserError):
        return ErrorClass.SERVER_ERROR
    return ErrorClass.AUTH if isinstance(error, CREDENTIALS) else ErrorClass.BAD_REQUEST
