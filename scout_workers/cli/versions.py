"""What people call a profile version: its camera and number ("yard@3"), or its id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scout_workers.cli.console import plain
from scout_workers.cli.errors import UsageMistakeError
from scout_workers.cli.naming import camera_of, organization_of
from scout_workers.store import report_profiles

if TYPE_CHECKING:
    from scout_workers.store import Transaction
    from scout_workers.store.report_profiles import VersionLine

_NUMBERED = re.compile(r"(.+)@(\d{1,9})")
_ID = re.compile(r"[0-9a-fA-F-]{6,36}")
_MOST_SHOWN = 5


def version_of(tx: Transaction, text: str, organization: str | None) -> VersionLine:
    """Return the version that is meant.

    Args:
        tx: The transaction.
        text: "yard@3", or the beginning of an id; "yard" alone: its active version.
        organization: Whose it is, by name; None: of whichever organization it can only be.

    Raises:
        UsageMistakeError: There is none, or several are meant.
    """
    if numbered := _NUMBERED.fullmatch(text):
        camera, number = numbered[1], int(numbered[2])
        versions = _of_camera(tx, camera, organization)
        for each in versions:
            if each.number == number:
                return each
        raise UsageMistakeError(f"{plain(camera)} has no version {number}. {_there_are(versions)}")
    whose = None if organization is None else organization_of(tx, organization).id
    if _ID.fullmatch(text) and (found := report_profiles.versions_like(tx, text, whose)):
        if len(found) == 1:
            return found[0]
        some = ", ".join(str(each.id) for each in found[:_MOST_SHOWN])
        raise UsageMistakeError(f"{text!r} begins several ids, type more of it: {some}")
    versions = _of_camera(tx, text, organization)
    for each in versions:
        if each.state == "active":
            return each
    raise UsageMistakeError(f"{plain(text)} has no active version. {_there_are(versions)}")


def _of_camera(tx: Transaction, camera: str, organization: str | None) -> list[VersionLine]:
    found = camera_of(tx, camera, organization)
    return report_profiles.versions(
        tx, organization_id=found.organization.id, camera_id=found.id, limit=1000
    )


def _there_are(versions: list[VersionLine]) -> str:
    if not versions:
        return "It has none yet: `scout-workers profile draft` makes one."
    return "There are: " + ", ".join(f"{each.title} ({each.state})" for each in versions) + "."
