"""Telling light and shadow, which leave texture as it was, from things, which hide it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scout_workers.llm.local.planes import Mask, Plane, box_means

if TYPE_CHECKING:
    from scout_workers.llm.local.background import Layers

_KEPT_FROM = 0.5  # correlation of the texture now with the texture before
_LEAST_TEXTURE = 0.004
_FEWEST_PIXELS, _FEWEST_SHARE = 24, 0.2
_STEADY = 0.025  # how much the change itself may change from pixel to pixel
_MARGIN = 4


def kept_texture(now: Plane, before: Plane, inside: Mask) -> bool:
    """Tell whether a changed region still shows the texture that was there.

    Where the change itself has an edge (the border of a shadow) nothing is compared.

    Args:
        now: Brightness in the region's box.
        before: What was usual there, in the same light.
        inside: The region's pixels.
    """
    steady = inside & (_slope(now - before) < _STEADY)
    if steady.sum() < max(_FEWEST_PIXELS, _FEWEST_SHARE * inside.sum()):
        return False
    fine_now, fine_before = _texture(now)[steady], _texture(before)[steady]
    strength = float(np.sqrt((fine_now**2).mean() * (fine_before**2).mean()))
    if strength < _LEAST_TEXTURE**2:
        return False
    return float((fine_now * fine_before).mean()) / strength > _KEPT_FROM


def edges_in(layers: Layers, box: tuple[slice, slice]) -> float:
    """Return how much edge there is in a box, with a margin that holds a thing's outline."""
    rows, columns = (slice(max(side.start - _MARGIN, 0), side.stop + _MARGIN) for side in box)
    cuts = [plane[rows, columns] for plane in layers.planes]
    return sum(float(np.abs(np.diff(cut, axis=axis)).mean()) for cut in cuts for axis in (0, 1))


def _texture(plane: Plane) -> Plane:
    result: Plane = plane - box_means(plane, 3)
    return result


def _slope(plane: Plane) -> Plane:
    across, down = np.zeros_like(plane), np.zeros_like(plane)
    across[:, 1:-1] = plane[:, 2:] - plane[:, :-2]
    down[1:-1] = plane[2:] - plane[:-2]
    result: Plane = np.maximum(np.abs(across), np.abs(down))
    return result
