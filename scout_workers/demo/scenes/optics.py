"""The yard camera's eye: a fixed wide-angle lens under the eaves, 3.3 m above the driveway.

World axes in metres: x to the right, y away from the camera (north), z up from the ground.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scout_workers.demo.scenes.arrays import Floats

WIDTH, HEIGHT = 1280, 720
EYE = np.array([0.5, 0.0, 3.3], dtype=np.float32)

FOCAL_PIXELS = 700.0
_BARREL = 0.11  # cheap wide-angle glass bends straight lines outwards
_TOO_NEAR = 0.1  # metres in front of the eye
_PITCH, _YAW = math.radians(-14.0), math.radians(-3.0)


@cache
def _axes() -> tuple[Floats, Floats, Floats]:
    forward = np.array(
        [
            math.sin(_YAW) * math.cos(_PITCH),
            math.cos(_YAW) * math.cos(_PITCH),
            math.sin(_PITCH),
        ]
    )
    right = np.array([math.cos(_YAW), -math.sin(_YAW), 0.0])
    down = np.cross(forward, right)
    return (
        right.astype(np.float32),
        down.astype(np.float32),
        forward.astype(np.float32),
    )


@cache
def rays() -> Floats:
    """Unit directions of every pixel's ray, shape (HEIGHT, WIDTH, 3)."""
    u = (np.arange(WIDTH, dtype=np.float32) + 0.5 - WIDTH / 2) / FOCAL_PIXELS
    v = (np.arange(HEIGHT, dtype=np.float32) + 0.5 - HEIGHT / 2) / FOCAL_PIXELS
    bend = 1 + _BARREL * (u[None, :] ** 2 + v[:, None] ** 2)
    right, down, forward = _axes()
    directions = (
        (u[None, :] * bend)[..., None] * right + (v[:, None] * bend)[..., None] * down + forward
    )
    unit: Floats = directions / np.linalg.norm(directions, axis=-1, keepdims=True)
    return unit.astype(np.float32)


def project(points: Floats) -> Floats:
    """Pixel positions (x, y) of world points of shape (N, 3); points behind the eye are far off."""
    right, down, forward = _axes()
    offset = points - EYE
    depth = offset @ forward
    ahead = np.maximum(depth, 1e-3)
    u, v = offset @ right / ahead, offset @ down / ahead
    wanted = np.hypot(u, v)
    radius = wanted.copy()
    for _ in range(6):  # Newton: radius * (1 + barrel * radius^2) = wanted
        radius -= (radius * (1 + _BARREL * radius**2) - wanted) / (1 + 3 * _BARREL * radius**2)
    shrink = np.divide(radius, wanted, out=np.ones_like(radius), where=wanted > 0)
    return np.stack(
        [u * shrink * FOCAL_PIXELS + WIDTH / 2, v * shrink * FOCAL_PIXELS + HEIGHT / 2], axis=-1
    )


def window(corners: Floats) -> tuple[slice, slice]:
    """Rows and columns of the smallest pixel rectangle that holds these world points."""
    _, _, forward = _axes()
    if ((corners - EYE) @ forward).min() <= _TOO_NEAR:
        return slice(0, HEIGHT), slice(0, WIDTH)
    pixels = project(corners)
    low, high = np.floor(pixels.min(axis=0)) - 2, np.ceil(pixels.max(axis=0)) + 3
    left, right = np.clip([low[0], high[0]], 0, WIDTH).astype(int)
    top, bottom = np.clip([low[1], high[1]], 0, HEIGHT).astype(int)
    return slice(top, bottom), slice(left, right)
