"""Whose window a message speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.windows import Subject, WindowKind, by_name, zone_of
from scout_workers.store import reports

if TYPE_CHECKING:
    from scout_workers.store.transaction import Transaction


def find(tx: Transaction, organization_id: str, camera_id: str, kind: str, start: str) -> Subject:
    """Return the window of a message's arguments.

    Raises:
        ScoutError: bad_request: they name no window, or there is no such organization.
    """
    try:
        organization = UUID(organization_id)
        camera = UUID(camera_id) if camera_id else None
        zone = zone_of(_time_zone(tx, organization))
        return Subject(organization, camera, by_name(kind, start, zone))
    except ValueError as error:
        raise ScoutError(ErrorClass.BAD_REQUEST, f"this is no window of time: {error}") from error


def day(tx: Transaction, organization_id: str, name: str) -> tuple[Subject, str]:
    """Return an organization's day of a message's arguments, and its time zone.

    Raises:
        ScoutError: bad_request: they name no day, or there is no such organization.
    """
    subject = find(tx, organization_id, "", WindowKind.DAY, name)
    return subject, _time_zone(tx, subject.organization_id)


def _time_zone(tx: Transaction, organization: UUID) -> str:
    time_zone = reports.time_zone(tx, organization)
    if time_zone is None:
        raise ScoutError(ErrorClass.BAD_REQUEST, f"there is no organization {organization}")
    return time_zone
