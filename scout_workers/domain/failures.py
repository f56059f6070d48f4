"""What follows from an error for the analysis, its call and its capture: one pure decision."""

from __future__ import annotations

from dataclasses import dataclass

from scout_workers.domain.calls import CallStatus
from scout_workers.domain.captures import CaptureState
from scout_workers.domain.errors import ErrorClass, ScoutError, Verdict

UNEXPECTED = "unexpected"
DETAIL_CAP = 500

# The other side may have done the work, and charge for it, although its answer never came.
_PERHAPS_PAID = {ErrorClass.TIMEOUT, ErrorClass.NETWORK}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an analysis did not succeed this time, and what is to be written down.

    Attributes:
        error_class: An `ErrorClass`, or `unexpected` for an error nobody foresaw.
        detail: The same in words, for people.
        verdict: What happens to the message.
        call_status: Where the open call in the ledger ends; one with its receipt stays as it is.
    """

    error_class: str
    detail: str
    verdict: Verdict
    call_status: CallStatus

    @property
    def final(self) -> bool:
        """Whether it is not to be tried again."""
        return self.verdict in {Verdict.FAIL, Verdict.TERMINAL}

    @property
    def analysis_state(self) -> str:
        """The state the analysis goes to."""
        return {Verdict.RETRY: "pending", Verdict.DEFER: "deferred"}.get(self.verdict, "failed")

    @property
    def capture_state(self) -> CaptureState | None:
        """What is known of the image now; None: nothing new."""
        if self.verdict is not Verdict.TERMINAL:
            return None
        if self.error_class == ErrorClass.IMAGE_MISSING:
            return CaptureState.MISSING
        return CaptureState.UNREADABLE


def failure_of(error: Exception, *, sent: bool) -> Failure:
    """Decide what follows from an error.

    Args:
        error: What was raised between begin and finish.
        sent: Whether the model may have been asked already. Then a call that ended in silence
            (a time-out, a broken line, an error nobody foresaw) is in doubt: it may be paid.
    """
    if isinstance(error, ScoutError):
        known = error.error_class
        status = CallStatus.IN_DOUBT if known in _PERHAPS_PAID else CallStatus.FAILED
        return Failure(
            error_class=known,
            detail=error.detail[:DETAIL_CAP],
            verdict=known.verdict,
            call_status=status if sent and not error.unsent else CallStatus.VOID,
        )
    return Failure(
        error_class=UNEXPECTED,
        # Its text may hold anything; the worker's log has it.
        detail=type(error).__name__,
        verdict=Verdict.RETRY,
        call_status=CallStatus.IN_DOUBT if sent else CallStatus.VOID,
    )
