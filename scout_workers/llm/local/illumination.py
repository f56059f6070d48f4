"""A picture brought to the light of another, as far as light explains the difference.

Light changes smoothly over a picture; things do not. In each of a dozen by seven or so cells the
middle brightness and the spread are matched, and a cell that disagrees with those around it (a
thing stands in it) is overruled by them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from scout_workers.llm.local.planes import Plane, grid_of

_CELL = 40
_LEAST_SPREAD = 0.03  # noise has a spread too, and must not be taken for contrast
_GAINS = (0.3, 1.5)


class Cells(NamedTuple):
    """The median and the interquartile range of each cell of a plane."""

    middle: Plane
    spread: Plane


def cells_of(plane: Plane) -> Cells:
    """Measure a plane in cells about 40 pixels wide."""
    rows, columns = grid_of(_shape(plane), _CELL)
    height, width = plane.shape[0] // rows, plane.shape[1] // columns
    blocks = plane[: rows * height, : columns * width].reshape(rows, height, columns, width)
    levels = np.sort(blocks.transpose(0, 2, 1, 3).reshape(rows, columns, -1), axis=2)
    count = levels.shape[2]
    quarter, middle, three = (
        levels[..., count // 4],
        levels[..., count // 2],
        levels[..., -count // 4],
    )
    return Cells(middle, three - quarter)


def in_light_of(plane: Plane, own: Cells, other: Cells) -> Plane:
    """Return the plane as it would look in the light that the other's cells were measured in.

    Args:
        plane: The plane to be brought over.
        own: Its cells.
        other: The cells of a plane of the same shape.
    """
    least = np.float32(_LEAST_SPREAD)
    gain = _settled(np.clip((other.spread + least) / (own.spread + least), *_GAINS))
    level = _settled(other.middle - gain * own.middle)  # with the gain that will be used
    height, width = _shape(plane)
    result: Plane = plane * _spread_out(gain, height, width) + _spread_out(level, height, width)
    return result


def _settled(cells: Plane) -> Plane:
    """Let each cell say what the median of the 5 x 5 cells around it says."""
    padded = np.pad(cells, 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (5, 5))
    result: Plane = np.median(windows, axis=(2, 3)).astype(np.float32)
    return result


def _spread_out(cells: Plane, height: int, width: int) -> Plane:
    picture = Image.fromarray(np.ascontiguousarray(cells))
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))


def _shape(plane: Plane) -> tuple[int, int]:
    height, width = plane.shape
    return height, width
