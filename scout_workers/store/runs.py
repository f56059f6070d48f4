"""Runs: which analysis of a capture is to be worked on, of which profile version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scout_workers.domain.calls import Estimate, Lane
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.store import captures, ledger, profiles
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.domain.captures import Capture
    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.store.transaction import Row, Transaction

_CURRENT = query("analyses_current")
_NAMED = query("analyses_named")
_INSERT = query("analyses_insert")
_SETTLE = query("analyses_settle")


PICTURES_TOKENS = 12_000
"""What a description is sent at most: three pictures of 1568 pixels, the prompt and the schema."""

ANSWER_TOKENS = 4_096
"""What it is answered at most; providers are told so."""


class NothingToAnalyzeError(ScoutError):
    """There is no such capture, or its camera has no active profile: for an operator to mend."""

    def __init__(self, detail: str) -> None:
        super().__init__(ErrorClass.BAD_REQUEST, detail)


@dataclass(frozen=True, slots=True)
class Run:
    """One analysis of a capture for one profile version.

    Attributes:
        id: The analysis.
        run_no: 1, or more where the same version looks again.
        origin: "capture", "rerun" or "eval": why it is there.
        fresh: Whether it was created just now, so that nothing can have been asked for it yet.
    """

    id: UUID
    state: str
    run_no: int
    origin: str
    profile: ProfileVersion
    fresh: bool = False

    @property
    def quiet(self) -> bool:
        """Whether nothing follows from it: it only serves a comparison of versions."""
        return self.origin == "eval"

    @property
    def settled(self) -> bool:
        """Whether it is over; doing it again would be another run."""
        return self.state in {"completed", "failed", "skipped"}

    def request(self, capture: Capture, lane: Lane = Lane.LIVE) -> ledger.Request:
        """The one question to a model that answers it."""
        return ledger.Request(
            key=f"describe:{capture.id}:{self.profile.id}:{self.run_no}",
            purpose="describe",
            subject_id=self.id,
            organization_id=capture.organization_id,
            camera_id=capture.camera_id,
            provider=self.profile.provider,
            model=self.profile.model,
            profile_version_id=self.profile.id,
            lane=lane,
            estimate=Estimate(PICTURES_TOKENS + len(self.profile.instructions), ANSWER_TOKENS),
        )


def lock_capture(tx: Transaction, capture_id: UUID) -> Capture:
    """Return a capture, locked until the transaction ends.

    Raises:
        NothingToAnalyzeError: There is none of that id.
    """
    capture = captures.lock(tx, capture_id)
    if capture is None:
        raise NothingToAnalyzeError(f"there is no capture {capture_id}")
    return capture


def current(tx: Transaction, capture: Capture) -> Run | None:
    """Return the run in progress, or else the last one of the active version, if there is one.

    A run in progress ends under the version it began with, whatever is active by now: its call
    may be paid already.
    """
    row = tx.row(_CURRENT, {"capture_id": capture.id})
    return None if row is None else _run(row[:4], profiles.version_of(row[4:]))


def wanted(tx: Transaction, capture: Capture, analysis_id: UUID | None) -> Run | None:
    """Return the run that a message is for: the one it names, or else the capture's `current`.

    Raises:
        NothingToAnalyzeError: The capture has no run of that id.
    """
    return current(tx, capture) if analysis_id is None else named(tx, capture, analysis_id)


def named(tx: Transaction, capture: Capture, analysis_id: UUID) -> Run:
    """Return the run that a message names: somebody asked for it.

    Raises:
        NothingToAnalyzeError: The capture has no such run.
    """
    row = tx.row(_NAMED, {"id": analysis_id, "capture_id": capture.id})
    if row is None:
        raise NothingToAnalyzeError(f"capture {capture.id} has no analysis {analysis_id}")
    return _run(row[:4], profiles.version_of(row[4:]))


def create(tx: Transaction, capture: Capture, lease_token: str | None = None) -> Run:
    """Create the capture's own run for the active profile version; the capture is locked.

    Args:
        tx: The transaction.
        capture: The capture.
        lease_token: Of the claim that takes the run at once; None: it is left pending.

    Raises:
        NothingToAnalyzeError: The camera has no active profile.
    """
    profile = profiles.active(tx, capture.camera_id)
    if profile is None:
        raise NothingToAnalyzeError(
            f"the camera of capture {capture.id} has no active analysis profile: activate one, "
            "then send the capture again"
        )
    parameters = {
        "organization_id": capture.organization_id,
        "capture_id": capture.id,
        "profile_version_id": profile.id,
        "lease_token": lease_token,
    }
    row = tx.row(_INSERT, parameters)
    assert row is not None  # it was inserted, or an error was raised
    return _run(row, profile, fresh=True)


def settle(tx: Transaction, run: Run, state: str, error_class: str, detail: str) -> dict[str, Any]:
    """End a run that nobody works on, under its capture's lock; what failed last stays its reason.

    Returns:
        Its `error_class` and `error_detail`.
    """
    parameters = {"id": run.id, "state": state, "error_class": error_class}
    row = tx.row(_SETTLE, parameters | {"error_detail": detail})
    assert row is not None  # it is not settled, and the capture's lock keeps others away
    return {"error_class": row[0], "error_detail": row[1]}


def _run(row: Row, profile: ProfileVersion, *, fresh: bool = False) -> Run:
    analysis_id, state, run_no, origin = row
    return Run(analysis_id, state, run_no, origin, profile, fresh)
