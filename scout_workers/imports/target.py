"""The camera an import is for, and what its pictures are to be looked at for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scout_workers.imports.errors import TimeZoneError
from scout_workers.store import cameras, organizations, profiles, reports

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.app import App


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the pictures are to be looked at for; None leaves the camera's profile as it is.

    Attributes:
        instructions: What to watch for, in words.
        provider: Which provider describes the images; a new camera gets the settings' one.
        model: Which of its models, likewise.
        time_zone: Where the camera's clock stands; None: where the organization is.
        historical: Whether they are history, whose analysis never stands in the way of live
            captures.
    """

    instructions: str | None = None
    provider: str | None = None
    model: str | None = None
    time_zone: str | None = None
    historical: bool = False


AS_IT_IS = Wishes()


@dataclass(frozen=True, slots=True)
class Target:
    """Where an import puts its captures.

    Attributes:
        zone: The time zone of stamps without an offset.
        historical: Whether they are history.
    """

    organization_id: UUID
    camera_id: UUID
    zone: tzinfo
    historical: bool

    @property
    def prefix(self) -> str:
        """What the keys of its blobs begin with."""
        return f"{self.organization_id}/{self.camera_id}"


def prepare(app: App, camera: str, organization: str, wishes: Wishes) -> Target:
    """Find or make the camera and its profile.

    Raises:
        TimeZoneError: Nobody knows the time zone; then nothing is made.
        psycopg.Error, StoreError: As the store raises.
    """
    defaults = app.settings.models.describe
    with app.store.transaction() as tx:
        organization_id = organizations.find_or_create(tx, organization)
        camera_id = cameras.find_or_create(tx, organization_id, camera)
        now = profiles.active(tx, camera_id)
        profiles.ensure_active(
            tx,
            organization_id,
            camera_id,
            provider=wishes.provider or (now.provider if now else defaults.provider),
            model=wishes.model or (now.model if now else defaults.model),
            instructions=(
                wishes.instructions
                if wishes.instructions is not None
                else (now.instructions if now else "")
            ),
            skip_unchanged=now.skip_unchanged if now else None,
        )
        zone = wishes.time_zone or reports.time_zone(tx, organization_id) or "UTC"
        # In the transaction: a mistyped zone must not leave a new camera behind.
        return Target(organization_id, camera_id, _zone(zone), wishes.historical)


def _zone(name: str) -> tzinfo:
    if name.upper() == "UTC":
        return UTC  # also where the system has no time zones installed
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise TimeZoneError(name) from error
