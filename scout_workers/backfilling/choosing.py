"""What somebody wants backfilled, in names and words, as a selection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from scout_workers.backfilling.moments import MomentError, ago
from scout_workers.domain.backfills import Selection, Which, hash_of_ids
from scout_workers.store import backfill_reports, reports

if TYPE_CHECKING:
    from datetime import tzinfo
    from uuid import UUID

    from scout_workers.app import App
    from scout_workers.store import Transaction

_WORDS = {
    Which.MISSING: "without analysis",
    Which.FAILED: "whose latest analysis failed",
    Which.OLDER: "analysed by an older profile version only",
}


class SelectionError(Exception):
    """What is wanted names something there is not, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A selection as somebody types it.

    Attributes:
        organization: Its name; None: the only one there is.
        camera: A camera's name; None: all.
        since: Taken at that time or later: "2026-05-01", "2026-05-01 06:00", "7d" (ago).
        before: Taken before that time.
        which: Which of them.
        sample: Only so many.
        ids: Only these, where a file named them.
    """

    organization: str | None = None
    camera: str | None = None
    since: str | None = None
    before: str | None = None
    which: Which = Which.MISSING
    sample: int | None = None
    ids: tuple[UUID, ...] | None = None


class Chosen(NamedTuple):
    """A selection, how it reads, and whose clock its times were told by."""

    selection: Selection
    wish: str
    zone: tzinfo


def selection(app: App, wanted: Wanted) -> Chosen:
    """Look up what is wanted.

    Raises:
        SelectionError: There is no such organization or camera, or a time cannot be read.
    """
    with app.store.transaction() as tx:
        organization_id, organization = _organization(tx, wanted.organization)
        camera_id = None
        if wanted.camera is not None:
            camera_id = backfill_reports.camera(tx, organization_id, wanted.camera)
            if camera_id is None:
                raise SelectionError(
                    f"organization {organization} has no camera {wanted.camera!r}: "
                    "`scout-workers captures list` shows which there are"
                )
        zone = zone_named(reports.time_zone(tx, organization_id) or "UTC")
    try:
        since = None if wanted.since is None else ago(wanted.since, zone)
        before = None if wanted.before is None else ago(wanted.before, zone)
    except MomentError as error:
        raise SelectionError(str(error)) from error
    chosen = Selection(
        organization_id=organization_id,
        camera_id=camera_id,
        since=since,
        before=before,
        which=wanted.which,
        sample=wanted.sample,
        named=None if wanted.ids is None else hash_of_ids(wanted.ids),
    )
    return Chosen(chosen, _wish(wanted, organization, chosen, zone), zone)


def _organization(tx: Transaction, name: str | None) -> tuple[UUID, str]:
    known = backfill_reports.organizations(tx)
    if name is None and len(known) == 1:
        return known[0]
    for each in known:
        if each[1] == name:
            return each
    if not known:
        raise SelectionError("there is nothing yet: `scout-workers import` brings pictures in")
    names = ", ".join(each for _, each in known)
    if name is None:
        raise SelectionError(f"name one organization with --organization; there are: {names}")
    raise SelectionError(f"there is no organization {name!r}; there are: {names}")


def _wish(wanted: Wanted, organization: str, chosen: Selection, zone: tzinfo) -> str:
    words = [f"captures {_WORDS[wanted.which]}"]
    words.append(f"of camera {wanted.camera}" if wanted.camera else "of every camera")
    words.append(f"of {organization}")
    if chosen.since is not None:
        words.append(f"from {chosen.since.astimezone(zone):%Y-%m-%d %H:%M %Z}")
    if chosen.before is not None:
        words.append(f"to {chosen.before.astimezone(zone):%Y-%m-%d %H:%M %Z}")
    if wanted.ids is not None:
        words.append(f"among {len(set(wanted.ids)):,} named ones")
    if wanted.sample is not None:
        words.append(f"a sample of {wanted.sample:,}")
    return " ".join(words)


def zone_named(name: str) -> tzinfo:
    """Return a time zone by its name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return UTC
