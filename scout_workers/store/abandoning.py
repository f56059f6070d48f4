"""The end of an analysis that nobody will try again: its message is dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.store import analyses, ledger, runs

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

SPENT = "retries_spent"


def abandon(
    tx: Transaction, capture_id: UUID, message_id: str, analysis_id: UUID | None = None
) -> UUID | None:
    """Mark a capture's analysis as failed: its message is dead, so nobody will try again.

    Args:
        tx: A transaction; the capture is locked in it.
        capture_id: The capture.
        message_id: Of the dead message; a call of another one is left alone.
        analysis_id: The run it names, if it does.

    Returns:
        The id of the event that tells of it; None: it was settled already, or nothing is to follow
        from it.

    Raises:
        NothingToAnalyzeError: No such capture or run, or no active profile.
        CallInFlightError: Another message is at it: to be looked at again later.
    """
    capture = runs.lock_capture(tx, capture_id)
    run = runs.wanted(tx, capture, analysis_id) or runs.create(tx, capture)
    if run.settled:
        return None
    ledger.write_off(tx, run.request(capture).key, message_id)
    error = runs.settle(tx, run, "failed", SPENT, "every retry failed before the analysis began")
    if run.quiet:
        return None
    return analyses.record(tx, analyses.FAILED, capture, run.id, error)
