"""Whether there is colour in a picture, or only shades of one, as from an infrared camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scout_workers.llm.local.planes import Plane, grid_of, tile_means

if TYPE_CHECKING:
    from scout_workers.llm.local.frame import Frame

_TILE = 8
_MONOCHROME_BELOW = 0.012
_ENOUGH_LIGHT = 0.12
_VIVID_SATURATION, _VIVID_VALUE = 0.75, 0.3


@dataclass(frozen=True, slots=True)
class Colour:
    """The colours of a picture.

    Attributes:
        spread: How far the more colourful tenth of it is from the shades of one tint; 0 to 1.
        vivid: Share of pixels of nearly pure colour.
        vivid_green: Share of pixels of nearly pure green, which hardly anything outdoors is.
        light: The brightest of its tiles, without which colour cannot be told.
        tint: How far the whole is from grey.
    """

    spread: float
    vivid: float
    vivid_green: float
    light: float
    tint: float

    @property
    def monochrome(self) -> bool:
        """Shades of a single tint only."""
        return self.light > _ENOUGH_LIGHT and self.spread < _MONOCHROME_BELOW


def colour_of(frame: Frame) -> Colour:
    """Measure the colours of a picture."""
    grid = grid_of(frame.shape, _TILE)
    luma = tile_means(frame.luma, grid).ravel()
    red = tile_means(frame.rgb[..., 0], grid).ravel() - luma
    blue = tile_means(frame.rgb[..., 2], grid).ravel() - luma
    spread = np.hypot(_without_tint(red, luma), _without_tint(blue, luma))
    most, least = frame.most, frame.least
    vivid = (most > _VIVID_VALUE) & (most - least > _VIVID_SATURATION * most)
    return Colour(
        spread=float(np.percentile(spread, 90)),
        vivid=float(vivid.mean()),
        vivid_green=float((vivid & (frame.rgb[..., 1] == most)).mean()),
        light=float(np.percentile(luma, 95)),
        tint=float(np.hypot(red.mean(), blue.mean())),
    )


def _without_tint(difference: Plane, luma: Plane) -> Plane:
    """Take off what a tint of the whole picture explains: a constant and a share of the light."""
    spread = luma - luma.mean()
    share = float((spread * difference).sum() / max(float((spread * spread).sum()), 1e-6))
    result: Plane = difference - difference.mean() - share * spread
    return result
