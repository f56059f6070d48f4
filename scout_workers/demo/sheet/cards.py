"""What a contact sheet shows: one card a picture, and the sums over all of them."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from scout_workers.domain.observations import Observation, Severity

_THUMBNAIL = (640, 640)
_QUALITY = 74
_CENT = 0.01


@dataclass(frozen=True, slots=True)
class Card:
    """One picture and what was said of it.

    Attributes:
        name: Where the picture came from, as its owner knows it.
        taken: When it was taken; None for what is no picture at all.
        picture: A small JPEG, if there is anything to show.
        severity: None while there is no analysis.
        trouble: Why there is no analysis: refused, failed, or still waiting.
        id: Of the capture, where it is one; what is said of days leads to it.
    """

    name: str
    taken: datetime | None
    picture: bytes | None = None
    headline: str = ""
    severity: Severity | None = None
    flags: Sequence[str] = ()
    observations: Sequence[Observation] = ()
    trouble: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The line above the cards.

    Attributes:
        states: Number of analyses or captures in each state, in the order to be shown.
        calls: Model calls that were made, ever, for these pictures.
        in_doubt: Calls of which nobody knows whether they were answered.
        cost_microdollars: What they cost together.
    """

    title: str
    subtitle: str
    states: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0
    in_doubt: int = 0
    cost_microdollars: int = 0


def thumbnail(data: bytes) -> bytes:
    """Make a picture small enough to be embedded by the hundred, and upright.

    Args:
        data: A picture that a provider was sent: whole, and of bounded size.

    Raises:
        OSError: It is no picture.
    """
    with Image.open(io.BytesIO(data)) as picture:
        picture.draft("RGB", _THUMBNAIL)
        small = ImageOps.exif_transpose(picture).convert("RGB")
    small.thumbnail(_THUMBNAIL, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def dollars(microdollars: int) -> str:
    """Say an amount as a person would: to the cent, and finer only where it is less than one."""
    amount = microdollars / 1_000_000
    if amount and amount < _CENT:
        return f"${amount:.6f}".rstrip("0")
    return f"${amount:,.2f}"
