"""How much a picture differs from what is usual there, pixel by pixel, in units of doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scout_workers.llm.local.background import Background, Layers
    from scout_workers.llm.local.planes import Plane

_LEAST_LUMA, _LEAST_COLOUR = 0.075, 0.06
_NOISE_TIMES, _UNREST_TIMES = 6.0, 2.0
_MAD_TO_SIGMA = 1.4826


def difference_of(current: Layers, background: Background, *, colour: bool, doubt: float) -> Plane:
    """Return the difference at each pixel; from 1 on it is more than chance.

    Noise is taken from the picture itself (the median difference), unrest from the earlier
    pictures, and a pixel's misplacement is forgiven: the usual value of any neighbour will do.

    Args:
        current: The new picture.
        background: The usual one, in the same light.
        colour: Whether both have colours that can be compared.
        doubt: How much more than usual it takes, 1 or more: fog that came or went explains much.
    """
    usual = background.layers
    unrest = np.float32(_UNREST_TIMES) * background.unrest
    difference = _beyond(current.luma, usual.luma, _LEAST_LUMA, unrest)
    if colour:
        for now, before in ((current.red, usual.red), (current.blue, usual.blue)):
            none = np.zeros_like(unrest)
            difference = np.maximum(difference, _beyond(now, before, _LEAST_COLOUR, none))
    result: Plane = difference / np.float32(doubt)
    return result


def _beyond(now: Plane, usual: Plane, least: float, unrest: Plane) -> Plane:
    noise = _MAD_TO_SIGMA * float(np.median(np.abs(now - usual)))
    chance = np.maximum(np.float32(max(least, _NOISE_TIMES * noise)), unrest)
    lowest, highest = _extremes(usual)
    result: Plane = np.maximum(np.maximum(now - highest, lowest - now), 0) / chance
    return result


def _extremes(plane: Plane) -> tuple[Plane, Plane]:
    """Return the least and the greatest value of each pixel and its eight neighbours."""
    tall = np.pad(plane, ((1, 1), (0, 0)), mode="edge")
    lowest = np.minimum(np.minimum(tall[:-2], tall[1:-1]), tall[2:])
    highest = np.maximum(np.maximum(tall[:-2], tall[1:-1]), tall[2:])
    low, high = (np.pad(each, ((0, 0), (1, 1)), mode="edge") for each in (lowest, highest))
    return (
        np.minimum(np.minimum(low[:, :-2], low[:, 1:-1]), low[:, 2:]),
        np.maximum(np.maximum(high[:, :-2], high[:, 1:-1]), high[:, 2:]),
    )
