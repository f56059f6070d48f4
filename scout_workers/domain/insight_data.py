"""The facts of a day's insights as JSON has them: what a model is sent, kept and hashed."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from scout_workers.domain.insights import InsightFacts


def data_of(facts: InsightFacts) -> dict[str, Any]:
    """Return facts as JSON types; moments are written in ISO 8601 with their offset."""
    data: dict[str, Any] = json.loads(json.dumps(asdict(facts), default=_plain))
    return data


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    assert isinstance(value, date), f"{value!r} is no fact"
    return value.isoformat()
