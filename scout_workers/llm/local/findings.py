"""One thing found in a picture, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.observations import Severity

if TYPE_CHECKING:
    from scout_workers.domain.observations import Region

ORDER = (Severity.CRITICAL, Severity.WARNING, Severity.NOTICE, Severity.INFO)


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence about a picture, worst findings first in an answer.

    Attributes:
        kind: Its class, one of `KINDS`.
        text: One sentence without its full stop, beginning in lower case.
        flags: Marks out of `FLAGS`.
    """

    kind: str
    text: str
    severity: Severity
    confidence: float
    flags: tuple[str, ...] = ()
    region: Region | None = None


FLAGS = (
    "glitch",
    "covered",
    "moved",
    "fogged",
    "blurred",
    "dark",
    "bright",
    "changed",
    "low_contrast",
    "monochrome",
    "first_frame",
    "no_comparison",
)
KINDS = (
    "broken_frame",
    "obstruction",
    "view",
    "haze",
    "focus",
    "exposure",
    "changed_region",
    "light_change",
    "scene",
    "measurements",
)


def sure(value: float, least: float, beyond_doubt: float) -> float:
    """Return a confidence of 0.5 at a threshold that rises to 0.99 where there is no doubt left."""
    way = (value - least) / (beyond_doubt - least)
    return round(0.5 + 0.49 * min(max(way, 0.0), 1.0), 2)
