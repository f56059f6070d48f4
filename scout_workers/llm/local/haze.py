"""Fog, haze or a misted lens: a veil of light that lies over everything, the dark parts too.

In any clear picture most neighbourhoods hold something nearly black in one of its colours (a
shadow, a gap, a saturated surface). Scattered light lifts those. How far it does, against the
lightest parts, is the veil; dusk and exposure cancel out. A pale wall lifts them too, but keeps
its strongest details, so these speak against.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scout_workers.llm.local.planes import grid_of, smoothed, tile_minima

if TYPE_CHECKING:
    from scout_workers.llm.local.frame import Frame
    from scout_workers.llm.local.structure import Structure

_TILE = 16
_DETAILS_AGAINST = 4.0
_FOGGED_FROM, _MORE_THAN_BEFORE, _FOGGED_THEN = 0.40, 0.20, 0.28
_THICK_FROM, _LIGHT_FROM = 0.70, 0.62
_TOO_DARK, _CLIPPED, _CLIPPED_TO = 0.07, 0.975, 0.35


@dataclass(frozen=True, slots=True)
class Haze:
    """A veil over the picture.

    Attributes:
        veil: How light the dark parts of three quarters of the picture are, against its lightest
            parts; 0 to 1, and 0 where glare or darkness leave nothing to tell it by.
        details: Contrast of the strongest details, against the lightest parts.
        lightness: Of the middle of the picture's brightness, against the lightest parts: fog is
            light, a dirty lens or paint is not.
    """

    veil: float
    details: float
    lightness: float

    @property
    def score(self) -> float:
        """The veil, less what strong details say against it."""
        return self.veil - _DETAILS_AGAINST * self.details

    @property
    def fogged(self) -> bool:
        """The veil is plain to see."""
        return self.score > _FOGGED_FROM and self.lightness > _LIGHT_FROM

    @property
    def thick(self) -> bool:
        """Little is left behind the veil."""
        return self.veil > _THICK_FROM

    def thicker_than(self, before: float) -> bool:
        """Tell whether it is fogged by comparison, with the score of earlier pictures."""
        much = self.score > _FOGGED_THEN and self.score - before > _MORE_THAN_BEFORE
        return much and self.lightness > _LIGHT_FROM


def haze_of(frame: Frame, structure: Structure) -> Haze:
    """Measure the veil over a picture."""
    light = float(np.percentile(frame.luma, 95))
    if light < _TOO_DARK or float((frame.luma > _CLIPPED).mean()) > _CLIPPED_TO:
        return Haze(0.0, 0.0, 0.0)
    darkest = smoothed(frame.least)
    dark_parts = tile_minima(darkest, grid_of(frame.shape, _TILE))
    return Haze(
        veil=float(np.percentile(dark_parts, 25)) / light,
        details=float(np.sqrt(np.percentile(structure.coarse, 90))) / light,
        lightness=float(np.median(frame.luma)) / light,
    )
