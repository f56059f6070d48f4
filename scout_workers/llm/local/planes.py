"""Arithmetic on planes of float32: smoothing, halving, octaves, tiles."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Plane: TypeAlias = npt.NDArray[np.float32]
Mask: TypeAlias = npt.NDArray[np.bool_]


def smoothed(plane: Plane) -> Plane:
    """Mix every pixel with its neighbours, 1-4-6-4-1 along both axes (sigma 1), edges mirrored."""
    tall = np.pad(plane, ((2, 2), (0, 0)), mode="reflect")
    rows = tall[:-4] + tall[4:] + 4 * (tall[1:-3] + tall[3:-1]) + 6 * tall[2:-2]
    wide = np.pad(rows, ((0, 0), (2, 2)), mode="reflect")
    mixed = wide[:, :-4] + wide[:, 4:] + 4 * (wide[:, 1:-3] + wide[:, 3:-1]) + 6 * wide[:, 2:-2]
    result: Plane = mixed * np.float32(1 / 256)
    return result


def octaves(plane: Plane, count: int) -> list[Plane]:
    """Return what lies between successive smoothings, finest first, each half the size."""
    bands = []
    for _ in range(count):
        soft = smoothed(plane)
        bands.append(plane - soft)
        plane = soft[::2, ::2]
    return bands


def halved(plane: Plane) -> Plane:
    """Return the means of 2 x 2 pixels; an odd last row or column is left out."""
    height, width = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
    even = plane[:height, :width]
    result: Plane = (
        even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    ) * np.float32(0.25)
    return result


def box_means(plane: Plane, radius: int) -> Plane:
    """Return the mean of the square of side 2 * radius + 1 around every pixel, edges repeated."""
    side = 2 * radius + 1
    padded = np.pad(plane.astype(np.float64), radius, mode="edge")
    sums = np.pad(padded.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    total = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    result: Plane = (total / side**2).astype(np.float32)
    return result


def grid_of(shape: tuple[int, int], side: int) -> tuple[int, int]:
    """Return how many rows and columns of tiles about `side` pixels wide cover a plane."""
    return max(1, round(shape[0] / side)), max(1, round(shape[1] / side))


def tile_means(plane: Plane, grid: tuple[int, int]) -> Plane:
    """Return the mean of each tile of a grid that covers the whole plane."""
    result: Plane = _reduced(np.add, plane, grid) / _counts(plane.shape[:2], grid)
    return result


def tile_minima(plane: Plane, grid: tuple[int, int]) -> Plane:
    """Return the smallest value of each tile."""
    return _reduced(np.minimum, plane, grid)


def _reduced(how: np.ufunc, plane: Plane, grid: tuple[int, int]) -> Plane:
    rows, columns = _starts(plane.shape[0], grid[0]), _starts(plane.shape[1], grid[1])
    result: Plane = how.reduceat(how.reduceat(plane, rows, axis=0), columns, axis=1)
    return result


def _starts(length: int, count: int) -> npt.NDArray[np.intp]:
    return (np.arange(count) * length // count).astype(np.intp)


def _counts(shape: tuple[int, ...], grid: tuple[int, int]) -> Plane:
    heights = np.diff(_starts(shape[0], grid[0]), append=shape[0])
    widths = np.diff(_starts(shape[1], grid[1]), append=shape[1])
    return np.outer(heights, widths).astype(np.float32)
