"""What an error of the network means for a piece of work."""

from __future__ import annotations

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
)
from urllib3.exceptions import TimeoutError as HTTPTimeoutError

from scout_workers.domain.errors import ErrorClass

EXPECTED = (HTTPError, OSError)
"""Everything that the network can do, as the transport raises it."""


def class_of(error: Exception) -> ErrorClass:
    """Return the class of one of `EXPECTED`."""
    refused = isinstance(error, NewConnectionError)  # urllib3 counts it among the timeouts
    if isinstance(error, HTTPTimeoutError | TimeoutError) and not refused:
        return ErrorClass.TIMEOUT
    if untrusted(error):
        return ErrorClass.AUTH
    if isinstance(error, LocationParseError):
        return ErrorClass.BAD_REQUEST
    return ErrorClass.NETWORK


def untrusted(error: Exception) -> bool:
    """Tell whether nobody we trust vouches for the other side's certificate."""
    return isinstance(error, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)


def unsent(error: Exception) -> bool:
    """Tell whether it is certain that no byte of a request reached the other side."""
    never_connected = (ConnectTimeoutError, NameResolutionError, NewConnectionError)
    if isinstance(error, ProxyError):
        return isinstance(error.original_error, never_connected)
    return isinstance(error, (*never_connected, LocationParseError)) or untrusted(error)


def reason(error: Exception) -> str:
    """Return what truly happened, in words.

    urllib3 wraps it: "('Connection aborted.', ConnectionResetError(104 …".
    """
    inner = error.args[-1] if error.args else None
    return str(inner if isinstance(inner, Exception) else error)
