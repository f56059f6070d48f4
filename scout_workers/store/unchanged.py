"""Captures that show no news: which one to hold a new one against, and the skip itself.

Nothing of it reaches the ledger: a look comes before the right to a call is taken, and only for
profile versions with such a policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain import unchanged
from scout_workers.domain.captures import BlobRef, CaptureState
from scout_workers.domain.leases import LeaseLostError
from scout_workers.domain.unchanged import Fate, Neighbour
from scout_workers.domain.windows import Subject, hour_of
from scout_workers.store import captures, ledger, summary_due
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg.sql import SQL

    from scout_workers.domain.captures import Capture
    from scout_workers.domain.profiles import SkipUnchanged
    from scout_workers.domain.unchanged import News
    from scout_workers.store.runs import Run
    from scout_workers.store.transaction import Transaction

_BEFORE = query("unchanged_before")
_AFTER = query("unchanged_after")
_TURN = query("unchanged_turn")
_SKIP = query("unchanged_skip")

BEYOND = 24
"""How many captures beyond the longest row are looked at: some are undecided, some unseen."""


@dataclass(frozen=True, slots=True)
class Look:
    """A capture to be looked at before anybody is paid: perhaps it shows no news.

    Attributes:
        analysis_id: Its run, which is ours.
        resembles: The analysed capture it may resemble.
        policy: How much of a difference is none.
    """

    analysis_id: UUID
    capture: Capture
    profile_version_id: UUID
    lease_token: str
    resembles: Neighbour
    policy: SkipUnchanged


def look(tx: Transaction, run: Run, capture: Capture, lease_token: str) -> Look | None:
    """Return what to hold a capture against before it is paid for; None: it is to be analysed.

    Runs that somebody asked for are always analysed, and so is what is open or paid already.

    Args:
        tx: The transaction; the capture is locked in it, and the run bears the lease.
        run: The capture's run.
        capture: The capture.
        lease_token: Of the claim we work under.
    """
    policy = run.profile.skip_unchanged
    if policy is None or run.origin != "capture" or ledger.asked(tx, run.request(capture).key):
        return None
    before = _neighbours(tx, _BEFORE, capture, run.profile.id, policy)
    resembles = unchanged.resembled(before, capture.captured_at, policy)
    if resembles is None:
        return None
    return Look(run.id, capture, run.profile.id, lease_token, resembles, policy)


def skip(tx: Transaction, looked: Look, news: News) -> bool:
    """Settle a capture's analysis as skipped, if there is no news and the row gets not too long.

    Its hour is due for its summary then, which counts it.

    Args:
        tx: The transaction.
        looked: What was looked at.
        news: What was measured.

    Returns:
        Whether it was skipped; False: it is to be analysed.

    Raises:
        LeaseLostError: Somebody else began since: the transaction must not commit.
    """
    if not news.is_none(looked.policy):
        return False
    # The capture before the camera and the analysis: one order of locks, no deadlock.
    captures.set_state(tx, looked.capture.id, CaptureState.READABLE)
    tx.row(_TURN, {"camera_id": looked.capture.camera_id})
    sides = (
        _neighbours(tx, side, looked.capture, looked.profile_version_id, looked.policy)
        for side in (_BEFORE, _AFTER)
    )
    if unchanged.in_a_row(*sides) > looked.policy.at_most_in_a_row:
        return False
    skipped = {
        "id": looked.analysis_id,
        "lease_token": looked.lease_token,
        "detail": news.told,
        "resembles": looked.resembles.capture_id,
    }
    if tx.execute(_SKIP, skipped) == 0:
        raise LeaseLostError(f"analysis {looked.analysis_id} is no longer held by this claim")
    hour = hour_of(looked.capture.captured_at)
    summary_due.mark(tx, Subject(looked.capture.organization_id, looked.capture.camera_id, hour))
    return True


def _neighbours(
    tx: Transaction, which: SQL, capture: Capture, version_id: UUID, policy: SkipUnchanged
) -> list[Neighbour]:
    parameters = {
        "id": capture.id,
        "camera_id": capture.camera_id,
        "captured_at": capture.captured_at,
        "profile_version_id": version_id,
        "limit": policy.at_most_in_a_row + BEYOND,
    }
    return [
        Neighbour(id_, BlobRef(bucket, key), captured_at, Fate(fate))
        for id_, bucket, key, captured_at, fate in tx.rows(which, parameters)
    ]
