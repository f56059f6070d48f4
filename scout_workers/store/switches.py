"""Switches: what somebody paused. A row is a pause; what would ask a model meanwhile is deferred.

    switches.pause(tx, switches.provider("openai"), reason="bills", paused_by="ops")
    switches.resume(tx, switches.provider("openai"))

Of an organization, a camera, a provider or one of its models, and the backfill lane.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

Kind: TypeAlias = Literal["organization", "camera", "provider", "backfill"]

_PAUSE = query("switches_pause")
_RESUME = query("switches_resume")
_LIST = query("switches_list")

THE_PROVIDER = "the provider"
"""Who paused a provider that refused our key."""


@dataclass(frozen=True, slots=True)
class Switch:
    """What can be paused. Made by the functions below."""

    kind: Kind
    organization_id: UUID | None = None
    camera_id: UUID | None = None
    provider: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause of a list."""

    kind: str
    organization: str | None
    camera: str | None
    provider: str | None
    model: str | None
    reason: str
    paused_by: str
    paused_at: datetime


def organization(organization_id: UUID) -> Switch:
    """All cameras of an organization, and whatever else is asked for it."""
    return Switch("organization", organization_id=organization_id)


def camera(organization_id: UUID, camera_id: UUID) -> Switch:
    """One camera."""
    return Switch("camera", organization_id=organization_id, camera_id=camera_id)


def provider(name: str, model: str | None = None) -> Switch:
    """A provider, or one of its models."""
    return Switch("provider", provider=name, model=model)


def backfill() -> Switch:
    """All work on history."""
    return Switch("backfill")


def pause(tx: Transaction, switch: Switch, *, reason: str, paused_by: str) -> bool:
    """Pause something, until somebody resumes it.

    Returns:
        Whether it was not paused yet.
    """
    row = tx.row(_PAUSE, asdict(switch) | {"reason": reason, "paused_by": paused_by})
    assert row is not None  # inserted or updated, one or the other
    return bool(row[0])


def resume(tx: Transaction, switch: Switch) -> bool:
    """End a pause; of a provider those of its models too.

    Returns:
        Whether there was one.
    """
    return tx.execute(_RESUME, asdict(switch)) > 0


def paused(tx: Transaction) -> list[Pause]:
    """List everything that is paused, the oldest pause first."""
    return [Pause(*row) for row in tx.rows(_LIST, {})]
