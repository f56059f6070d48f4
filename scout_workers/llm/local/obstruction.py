"""Whether something lies over the lens: all of it, or a part that used to show something.

A tile is blank if it shows nothing against the light of its picture. Nearly all tiles blank is a
cover, thick fog or darkness (`verdict` decides which). Tiles that lost what they showed in earlier
pictures of the same view are hidden; where only the light went, they are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scout_workers.llm.local.planes import Mask, Plane, tile_means
from scout_workers.llm.local.regions import labelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.llm.local.exposure import Exposure
    from scout_workers.llm.local.frame import Frame
    from scout_workers.llm.local.structure import Structure

_LEAST_LIGHT = 0.02
_BLANK_BELOW = 0.012  # contrast against the light there is
_WHOLE_FROM = 0.88  # share of blank tiles
_SHOWED_FROM, _LOST_BELOW, _FEWEST = 0.03, 0.2, 12
_CLIPPED, _DARK, _SAME_LIGHT = 0.95, 0.10, 0.6
_PARTLY_FROM, _LARGELY_FROM = 0.15, 0.35
_DAYLIGHT, _ONE_COLOUR, _PAINT = 0.5, 0.03, (0.03, 0.45)
_PATCH_FROM, _PATCH_TOO = 0.35, 0.20


@dataclass(frozen=True, slots=True)
class Obstruction:
    """What lies over the view.

    Attributes:
        blank: Share of the tiles that show nothing.
        hidden: Share of the tiles that showed something in earlier pictures and no longer do.
        patch: Share of the picture that is one dark, blank patch of a single colour while there
            is daylight elsewhere.
    """

    blank: float
    hidden: float
    patch: float

    @property
    def whole(self) -> bool:
        """Next to nothing is to be seen anywhere."""
        return self.blank > _WHOLE_FROM

    @property
    def partly(self) -> bool:
        """A part of what used to be seen is hidden."""
        return self.hidden > _PARTLY_FROM

    @property
    def largely(self) -> bool:
        """Much is hidden, or covered by what no view holds."""
        return (
            self.hidden > _LARGELY_FROM
            or self.patch > _PATCH_FROM
            or (self.partly and self.patch > _PATCH_TOO)
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """What each tile of a picture shows, as later pictures are held against it.

    Attributes:
        contrast: Of each tile, against the light there is.
        luma: Brightness of each tile.
    """

    contrast: Plane
    luma: Plane

    @property
    def blank(self) -> Mask:
        """The tiles that show nothing."""
        return self.contrast < _BLANK_BELOW


def shown_in(frame: Frame, structure: Structure, exposure: Exposure) -> Shown:
    """Measure what each tile of a picture shows."""
    light = np.float32(max(exposure.high, _LEAST_LIGHT))
    contrast: Plane = (np.sqrt(structure.coarse) / light).astype(np.float32, copy=False)
    return Shown(contrast, tile_means(frame.luma, _grid(contrast)))


def obstruction_of(
    frame: Frame, shown: Shown, exposure: Exposure, earlier: Sequence[Shown]
) -> Obstruction:
    """Look for what lies over the view.

    Args:
        frame: The picture.
        shown: What its tiles show.
        exposure: Its light.
        earlier: What earlier pictures of the same view, of the same shape, showed.
    """
    return Obstruction(
        blank=float(shown.blank.mean()),
        hidden=_hidden(shown, earlier) if earlier else 0.0,
        patch=_patch(frame, shown) if exposure.high > _DAYLIGHT else 0.0,
    )


def _hidden(shown: Shown, earlier: Sequence[Shown]) -> float:
    before = np.max([each.contrast for each in earlier], axis=0)
    light = np.max([each.luma for each in earlier], axis=0)
    showed = before > _SHOWED_FROM
    if showed.sum() < _FEWEST:
        return 0.0
    lost = showed & (shown.contrast < _LOST_BELOW * before) & (shown.luma < _CLIPPED)
    kept = showed & ~lost
    if kept.any():
        brightness = shown.luma[kept] / np.maximum(light[kept], _DARK)
        if np.percentile(brightness, 75) < _SAME_LIGHT:
            lost &= shown.luma > _DARK
    return float(lost.sum() / showed.sum())


def _patch(frame: Frame, shown: Shown) -> float:
    labels, parts = labelled(shown.blank)
    if not parts:
        return 0.0
    largest = labels == parts[0].label
    channels = [tile_means(frame.rgb[..., index], _grid(shown.luma))[largest] for index in range(3)]
    colours = np.stack(channels, axis=1)
    spread = np.median(np.abs(colours - np.median(colours, axis=0)).max(axis=1))
    light = np.median(shown.luma[largest])
    painted = spread < _ONE_COLOUR and _PAINT[0] < light < _PAINT[1]
    return float(largest.mean()) if painted else 0.0


def _grid(plane: Plane) -> tuple[int, int]:
    rows, columns = plane.shape
    return rows, columns
