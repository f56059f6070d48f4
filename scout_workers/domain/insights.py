"""What the insights of an organization's day are found in.

The facts go to the provider as they stand here: a model that reads gets them as JSON (data, never
instructions), the local one counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from scout_workers.domain.observations import Severity


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation that an insight may cite.

    Attributes:
        id: What to cite it by.
    """

    id: str
    camera: str
    at: datetime
    kind: str
    text: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class InsightFacts:
    """Everything an organization's insights of one local day may be made of.

    Attributes:
        day: The local day.
        time_zone: IANA name of the organization's zone.
        evidence: The day's observations, in order.
    """

    day: date
    time_zone: str
    evidence: tuple[Evidence, ...]
