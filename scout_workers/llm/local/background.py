"""What the camera usually sees: its earlier pictures, laid on the new one and brought to its light.

At each pixel the median of three (the nearer of two, or the only one), so that what stood in a
single earlier picture is not taken for part of the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scout_workers.llm.local.illumination import Cells, cells_of, in_light_of
from scout_workers.llm.local.planes import Plane, smoothed
from scout_workers.llm.local.tone import in_tone_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.llm.local.frame import Frame

_THREE = 3


@dataclass(frozen=True, slots=True)
class Layers:
    """A picture as changes are looked for in it: slightly smoothed, light and colour apart.

    Attributes:
        luma: Brightness.
        red: Red less brightness.
        blue: Blue less brightness.
    """

    luma: Plane
    red: Plane
    blue: Plane

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        """All three, in order."""
        return self.luma, self.red, self.blue


@dataclass(frozen=True, slots=True)
class Background:
    """What was there before, in the light of now.

    Attributes:
        layers: The usual picture.
        unrest: How much the earlier pictures disagree among themselves, brightness only: swaying
            leaves, a flag. 0 where fewer than three were compared.
    """

    layers: Layers
    unrest: Plane


def layers_of(frame: Frame) -> Layers:
    """Split a picture into its layers."""
    luma = smoothed(frame.luma)
    return Layers(luma, smoothed(frame.rgb[..., 0]) - luma, smoothed(frame.rgb[..., 2]) - luma)


def shifted(layers: Layers, dx: int, dy: int) -> Layers:
    """Return the layers with their content moved right by dx and down by dy pixels.

    What moves in at the edges repeats the edge.
    """
    if not dx and not dy:
        return layers
    height, width = layers.luma.shape
    rows = np.clip(np.arange(height) - dy, 0, height - 1)[:, None]
    columns = np.clip(np.arange(width) - dx, 0, width - 1)[None, :]
    return Layers(*(plane[rows, columns] for plane in layers.planes))


def background_of(current: Layers, earlier: Sequence[Layers]) -> Background:
    """Make the usual picture out of one to three earlier ones of the same shape.

    Args:
        current: The new picture.
        earlier: Earlier ones, laid on it.
    """
    measured = [cells_of(plane) for plane in current.planes]
    relit = [_relit(layers, current, measured) for layers in earlier]
    if len(relit) < _THREE:
        nearest = [
            _nearest(now, planes)
            for now, planes in zip(current.planes, _by_plane(relit), strict=True)
        ]
        return Background(Layers(*nearest), np.zeros_like(current.luma))
    luma, red, blue = (_middle(*planes) for planes in _by_plane(relit))
    gaps = np.sort(np.abs(np.stack([layers.luma for layers in relit]) - luma), axis=0)
    return Background(Layers(luma, red, blue), gaps[1])


def _middle(first: Plane, second: Plane, third: Plane) -> Plane:
    lower, upper = np.minimum(first, second), np.maximum(first, second)
    result: Plane = np.maximum(lower, np.minimum(upper, third))
    return result


def _relit(layers: Layers, current: Layers, measured: list[Cells]) -> Layers:
    planes = in_tone_of(layers.luma, current.luma), layers.red, layers.blue
    return Layers(
        *(
            in_light_of(plane, cells_of(plane), cells)
            for plane, cells in zip(planes, measured, strict=True)
        )
    )


def _by_plane(relit: list[Layers]) -> list[tuple[Plane, ...]]:
    return list(zip(*(layers.planes for layers in relit), strict=True))


def _nearest(now: Plane, planes: tuple[Plane, ...]) -> Plane:
    best = planes[0]
    for plane in planes[1:]:
        best = np.where(np.abs(plane - now) < np.abs(best - now), plane, best)
    return best
