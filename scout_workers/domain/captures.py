"""A capture: one image a camera delivered, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class CaptureState(StrEnum):
    """What we know of a capture's image."""

    RECEIVED = "received"
    READABLE = "readable"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Where an image lies in the blob store."""

    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class Capture:
    """One image of one camera at one moment."""

    id: UUID
    organization_id: UUID
    camera_id: UUID
    blob: BlobRef
    captured_at: datetime
    state: CaptureState
