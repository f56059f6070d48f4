"""An event that somebody may be told of."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from scout_workers.domain.events import Event

EVENT = Event(
    id=uuid4(),
    organization_id=uuid4(),
    kind="analysis.completed",
    subject_id=uuid4(),
    payload={"headline": "Ein Lkw: „groß“"},
    created_at=datetime.now(UTC),
    organization="Acme",
)
