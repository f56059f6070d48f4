"""One enum of everything that can go wrong with a piece of work, and what follows from it.

ScoutError                     carries an ErrorClass; every package's own errors derive from it
├── blobs.BlobError            image_missing · image_too_large · network · timeout …
├── llm.ImageError             image_unreadable · image_too_large
├── llm.ModelError             rate_limited · overloaded · refused · schema_invalid …
└── store's own                in_flight: the same call is another message's; bad_request
"""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What happens to the message whose work ended in an error."""

    DEFER = "defer"  # later, and not counted as a retry
    RETRY = "retry"  # again with back-off, counted
    FAIL = "fail"  # stop; an operator may retry after mending the cause
    TERMINAL = "terminal"  # stop for good, never paid: the input itself is bad


class ErrorClass(StrEnum):
    """Why a piece of work did not succeed."""

    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    TIMEOUT = "timeout"
    NETWORK = "network"
    SERVER_ERROR = "server_error"
    BUDGET = "budget"
    PAUSED = "paused"
    IN_FLIGHT = "in_flight"
    IMAGE_UNREADABLE = "image_unreadable"
    IMAGE_MISSING = "image_missing"
    IMAGE_TOO_LARGE = "image_too_large"
    REFUSED = "refused"
    CONTEXT_TOO_LONG = "context_too_long"
    SCHEMA_INVALID = "schema_invalid"
    BAD_REQUEST = "bad_request"
    AUTH = "auth"

    @property
    def verdict(self) -> Verdict:
        """What follows from this class of error."""
        return _VERDICTS[self]


_VERDICTS = {
    ErrorClass.RATE_LIMITED: Verdict.DEFER,
    ErrorClass.OVERLOADED: Verdict.DEFER,
    ErrorClass.TIMEOUT: Verdict.RETRY,
    ErrorClass.NETWORK: Verdict.RETRY,
    ErrorClass.SERVER_ERROR: Verdict.RETRY,
    ErrorClass.BUDGET: Verdict.DEFER,
    ErrorClass.PAUSED: Verdict.DEFER,
    ErrorClass.IN_FLIGHT: Verdict.DEFER,
    ErrorClass.IMAGE_UNREADABLE: Verdict.TERMINAL,
    ErrorClass.IMAGE_MISSING: Verdict.TERMINAL,
    ErrorClass.IMAGE_TOO_LARGE: Verdict.TERMINAL,
    ErrorClass.REFUSED: Verdict.FAIL,
    ErrorClass.CONTEXT_TOO_LONG: Verdict.FAIL,
    ErrorClass.SCHEMA_INVALID: Verdict.FAIL,
    ErrorClass.BAD_REQUEST: Verdict.FAIL,
    ErrorClass.AUTH: Verdict.FAIL,
}


class ScoutError(Exception):
    """An expected failure of a piece of work, with its class and, for deferrals, a hint when.

    Attributes:
        error_class: Why it failed; `error_class.verdict` says what follows.
        retry_after: Seconds the other side asked us to wait, if it did.
        unsent: Whether it is certain that nothing reached the other side, so nothing was paid.
    """

    def __init__(
        self,
        error_class: ErrorClass,
        detail: str,
        *,
        retry_after: float | None = None,
        unsent: bool = False,
    ) -> None:
        super().__init__(f"{error_class}: {detail}")
        self.error_class = error_class
        self.detail = detail
        self.retry_after = retry_after
        self.unsent = unsent
