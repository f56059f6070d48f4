"""News of what happened, for whoever listens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        id: Stays the same however often it is broadcast: listeners tell repeats by it.
        kind: "analysis.completed", "analysis.failed".
        subject_id: What it happened to.
        payload: What a listener wants to know without asking back.
        created_at: When; later than before, if it happened to the same subject again.
        broadcast_at: When it was told, if it was.
        organization: The name of whose news it is.
    """

    id: UUID
    organization_id: UUID
    kind: str
    subject_id: UUID
    payload: dict[str, Any]
    created_at: datetime
    broadcast_at: datetime | None = None
    organization: str = ""

    def as_json(self) -> str:
        """Write it as one line of JSON: what every listener gets."""
        told = {
            "event": self.kind,
            "id": str(self.id),
            "organization_id": str(self.organization_id),
            "subject_id": str(self.subject_id),
            "at": self.created_at.isoformat(),
            **self.payload,
        }
        return json.dumps(told, ensure_ascii=False)
