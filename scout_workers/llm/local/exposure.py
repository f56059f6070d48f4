"""How light a picture is, and whether that still leaves something to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scout_workers.llm.local.frame import Frame

_BLACK, _WHITE = 0.02, 0.975
_TOO_DARK_BELOW = 0.07  # of the lightest 5 %
_DARK_BELOW = 0.10  # of the mean
_BRIGHT_FROM, _BURNT_OUT_FROM = 0.50, 0.70  # shares that are clipped
_FLAT_BELOW = 0.15  # from the darkest to the lightest 5 %


@dataclass(frozen=True, slots=True)
class Exposure:
    """Brightness of 0 to 1.

    Attributes:
        mean: Of all pixels.
        low: Only 5 % of the pixels are darker.
        high: Only 5 % are lighter.
        black: Share of the pixels that are as good as black.
        white: Share that are clipped.
    """

    mean: float
    low: float
    high: float
    black: float
    white: float

    @property
    def too_dark(self) -> bool:
        """Nothing, or next to nothing, can be made out."""
        return self.high < _TOO_DARK_BELOW

    @property
    def dark(self) -> bool:
        """A night picture: lamps and what they light, or less."""
        return self.mean < _DARK_BELOW

    @property
    def burnt_out(self) -> bool:
        """Most of the picture is clipped."""
        return self.white > _BURNT_OUT_FROM

    @property
    def bright(self) -> bool:
        """Half the picture is clipped."""
        return self.white > _BRIGHT_FROM

    @property
    def flat(self) -> bool:
        """Hardly any difference between light and dark parts."""
        return self.high - self.low < _FLAT_BELOW


def exposure_of(frame: Frame) -> Exposure:
    """Measure how light a picture is."""
    luma = frame.luma
    low, high = np.percentile(luma, (5, 95))
    return Exposure(
        mean=float(luma.mean()),
        low=float(low),
        high=float(high),
        black=float((luma < _BLACK).mean()),
        white=float((luma > _WHITE).mean()),
    )
