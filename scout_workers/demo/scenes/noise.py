"""Endless grain: seeded fractal noise that repeats without a seam, looked up by position."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scout_workers.demo.scenes.arrays import Floats

_SIDE = 1024


@cache
def tile(roughness: float, seed: int) -> Floats:
    """A square of noise, 1024 x 1024, mean 0 and deviation 1.

    Args:
        roughness: How fast detail fades with its fineness: 0 is white noise, 2 is clouds.
        seed: Another seed is another square.
    """
    white = np.random.default_rng(seed).standard_normal((_SIDE, _SIDE))
    frequency = np.hypot(np.fft.fftfreq(_SIDE)[:, None], np.fft.rfftfreq(_SIDE)[None, :]) * _SIDE
    frequency[0, 0] = np.inf
    smooth = np.fft.irfft2(np.fft.rfft2(white) / frequency**roughness, s=white.shape)
    smooth /= smooth.std()
    return smooth.astype(np.float32)


def sample(u: Floats, v: Floats, *, roughness: float, seed: int) -> Floats:
    """Noise at any position, smoothly between the points of the square (1 unit = 1 point)."""
    square = tile(roughness, seed)
    left, top = np.floor(u), np.floor(v)
    right_share, low_share = u - left, v - top
    x, y = left.astype(np.int64) % _SIDE, top.astype(np.int64) % _SIDE
    x_next, y_next = (x + 1) % _SIDE, (y + 1) % _SIDE
    upper = square[y, x] * (1 - right_share) + square[y, x_next] * right_share
    lower = square[y_next, x] * (1 - right_share) + square[y_next, x_next] * right_share
    blend: Floats = upper * (1 - low_share) + lower * low_share
    return blend


def grain(u: Floats, v: Floats, *, roughness: float, seed: int) -> Floats:
    """Noise at the nearest point of the square: faster than `sample`, for what is fine anyway."""
    x = np.floor(u).astype(np.int64) % _SIDE
    y = np.floor(v).astype(np.int64) % _SIDE
    return tile(roughness, seed)[y, x]


def scattered(row: Floats, column: Floats, seed: int) -> Floats:
    """One number between 0 and 1 for each cell of a grid: the tint of a brick, a plank, a slab."""
    spots = np.random.default_rng(seed).random((257, 263), dtype=np.float32)
    return spots[row.astype(np.int64) % 257, column.astype(np.int64) % 263]
