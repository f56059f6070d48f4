"""What a summary of a camera's hour or day is written from.

The facts go to the provider as they stand here: a model that reads gets them as JSON (data, never
instructions), the local one counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from scout_workers.domain.observations import Severity


@dataclass(frozen=True, slots=True)
class SeenFact:
    """One observation of the window, or one headline of a shorter summary."""

    at: datetime
    kind: str
    text: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class SummaryFacts:
    """Everything a summary may be made of.

    Attributes:
        kind: "hour" or "day".
        camera: The camera's name, in its owner's words.
        time_zone: IANA name; times in the summary are told in it.
        starts_at: The window's beginning.
        ends_at: The window's end, which no longer belongs to it.
        seen: What was seen in the window, in order.
    """

    kind: str
    camera: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    seen: tuple[SeenFact, ...]
