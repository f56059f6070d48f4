"""What a proposal of a profile is made from: pictures to choose among, and what is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.captures import BlobRef
from scout_workers.domain.profile_drafts import ProfileFacts, SampleFact
from scout_workers.store import profiles
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_CANDIDATES = query("generations_candidates")
_FACTS = query("generations_facts")
_SAMPLES = query("generations_samples")
_CHOSEN = query("generations_chosen")

LOOKED_AT = 48
"""How many pictures are read, at most, to choose samples among them."""

AN_HOUR = 4
"""How many of them may be of one local hour of the day."""


@dataclass(frozen=True, slots=True)
class Whose:
    """A camera, and whose it is.

    Attributes:
        camera: Its name.
        time_zone: Where its organization's clock stands.
    """

    organization_id: UUID
    camera_id: UUID
    camera: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture samples may be chosen from.

    Attributes:
        local_time: When it was taken, by the clock of the organization.
    """

    capture_id: UUID
    blob: BlobRef
    local_time: datetime


def pictures(tx: Transaction, whose: Whose) -> tuple[Picture, ...]:
    """Return the newest pictures of each hour of the day, newest first, at most `LOOKED_AT`."""
    scope = {
        "organization_id": whose.organization_id,
        "camera_id": whose.camera_id,
        "time_zone": whose.time_zone,
    }
    rows = tx.rows(_CANDIDATES, scope | {"an_hour": AN_HOUR, "limit": LOOKED_AT})
    return tuple(Picture(id_, BlobRef(bucket, key), time) for id_, bucket, key, time in rows)


def chosen(tx: Transaction, generation_id: UUID) -> tuple[BlobRef, ...]:
    """Return where the samples of a proposal lie, in their order."""
    return tuple(BlobRef(*row) for row in tx.rows(_CHOSEN, {"id": generation_id}))


def facts(
    tx: Transaction, whose: Whose, wishes: str, captures: Sequence[UUID]
) -> tuple[ProfileFacts, tuple[BlobRef, ...]]:
    """Return what is known of a camera, and where the samples lie.

    Args:
        tx: The transaction.
        whose: The camera.
        wishes: What the operator wants watched.
        captures: The samples, in the order the model is to see them.
    """
    scope = {"organization_id": whose.organization_id, "time_zone": whose.time_zone}
    row = tx.row(_FACTS, scope | {"camera_id": whose.camera_id})
    assert row is not None  # counts are always one row
    count, hours, flags, severities = row
    samples = tx.rows(_SAMPLES, scope | {"captures": list(captures)})
    now = profiles.active(tx, whose.camera_id)
    known = ProfileFacts(
        camera=whose.camera,
        instructions=now.instructions if now else "",
        wishes=wishes,
        captures=count,
        hours=tuple((hour, times) for hour, times in hours),
        flags=tuple((flag, times) for flag, times in flags),
        severities=tuple((severity, times) for severity, times in severities),
        samples=tuple(SampleFact(f"{time:%Y-%m-%d %H:%M}", said) for *_, time, said in samples),
    )
    return known, tuple(BlobRef(bucket, key) for _, bucket, key, *_ in samples)
