"""What an actor's exception means for its message."""

from __future__ import annotations

from dramatiq import RateLimitExceeded
from dramatiq.middleware import Shutdown

from scout_workers.domain.errors import ErrorClass, ScoutError, Verdict
from scout_workers.store import is_away

#: What waits for a person, and not for the other side to recover.
_HELD = {ErrorClass.BUDGET, ErrorClass.PAUSED}


def verdict_of(exception: BaseException) -> Verdict:
    """Say what becomes of the message: our own errors say it themselves.

    Dramatiq's RateLimitExceeded and Shutdown are no fault of the message either, nor is a database
    that was away or ended the session: deferred. Everything else, TimeLimitExceeded included, may
    pass and is retried.
    """
    if isinstance(exception, ScoutError):
        return exception.error_class.verdict
    if isinstance(exception, RateLimitExceeded | Shutdown) or is_away(exception):
        return Verdict.DEFER
    return Verdict.RETRY


def wait_of(exception: BaseException) -> float | None:
    """Seconds a deferred message is asked to wait; None: as the back-off has it."""
    if isinstance(exception, ScoutError):
        return exception.retry_after
    if isinstance(exception, Shutdown):
        return 0.0
    return None


def is_held(exception: BaseException) -> bool:
    """Whether it waits for a person (a budget, a pause), who may be away for days."""
    return isinstance(exception, ScoutError) and exception.error_class in _HELD


def reason_of(exception: BaseException) -> str:
    """The exception in a word or two for the log: a class of error, never its text."""
    if isinstance(exception, ScoutError):
        return str(exception.error_class)
    return type(exception).__name__
