"""Solids that rays can hit: convex bodies, cut by planes, and ellipsoids.

Everything in the yard is made of these two: a house is boxes and a prism, a walker is a dozen
ellipsoids. The same bodies are looked at by the camera and stand in the way of the sun.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scout_workers.demo.scenes.arrays import Bools, Floats, Vector

NOWHERE = np.float32(1e6)
_TINY = np.float32(1e-9)


@dataclass(frozen=True, slots=True, eq=False)
class Convex:
    """The points p with `normals @ p <= offsets`, for every plane.

    Attributes:
        normals: Outward unit normals, shape (planes, 3).
        offsets: Distances of the planes from the origin, shape (planes,).
        corners: The corners of its bounding box, shape (8, 3).
    """

    normals: Floats
    offsets: Floats
    corners: Floats

    def hit(self, eye: Floats, rays: Floats) -> tuple[Floats, Floats]:
        """Distances at which rays from `eye` enter (NOWHERE if they miss), and normals there."""
        near = np.full(rays.shape[:-1], -NOWHERE, dtype=np.float32)
        far = np.full(rays.shape[:-1], NOWHERE, dtype=np.float32)
        face = np.zeros(rays.shape[:-1], dtype=np.intp)
        for index, (normal, offset) in enumerate(zip(self.normals, self.offsets, strict=True)):
            slope = rays @ normal
            slope[np.abs(slope) < _TINY] = _TINY
            at = (offset - eye @ normal) / slope
            entering = slope < 0
            later = entering & (at > near)
            near[later] = at[later]
            face[later] = index
            np.minimum(far, at, out=far, where=~entering)
        missed = (near > far) | (near <= 0)
        near[missed] = NOWHERE
        return near, self.normals[face]

    def blocks(self, points: Floats, towards: Floats) -> Bools:
        """Tell which of these points do not see the far end of `towards`.

        Args:
            points: Where to look from, one row an axis: shape (3, N).
            towards: One unit direction (3,) for all, as to the sun.
        """
        near = np.full(points.shape[1], 1e-3, dtype=np.float32)
        far = np.full(points.shape[1], NOWHERE, dtype=np.float32)
        for normal, offset in zip(self.normals, self.offsets, strict=True):
            slope = float(towards @ normal)
            if abs(slope) < _TINY:
                slope = float(_TINY)
            at = _along(points, normal / -slope) + np.float32(offset / slope)
            if slope < 0:
                np.maximum(near, at, out=near)
            else:
                np.minimum(far, at, out=far)
        return near < far


@dataclass(frozen=True, slots=True, eq=False)
class Ellipsoid:
    """A ball of radius 1 seen through `shape`: the points p with |shape @ (p - centre)| <= 1.

    Attributes:
        shape: Maps world offsets to the unit ball, shape (3, 3).
        corners: The corners of its bounding box, shape (8, 3).
    """

    centre: Floats
    shape: Floats
    corners: Floats

    def hit(self, eye: Floats, rays: Floats, ragged: Floats | None = None) -> tuple[Floats, Floats]:
        """Distances at which rays from `eye` enter (NOWHERE if they miss), and normals there.

        Args:
            eye: Where the rays start.
            rays: Unit directions, shape (..., 3).
            ragged: Added to the squared radius ray by ray: what makes foliage of a balloon.
        """
        start = self.shape @ (eye - self.centre)
        along = rays @ self.shape.T
        a = np.einsum("...i,...i->...", along, along)
        b = along @ start
        c = np.float32(start @ start - 1)
        inside = b * b - a * c
        if ragged is not None:
            inside = inside + ragged * a
        near = (-b - np.sqrt(np.maximum(inside, 0))) / a
        normals = (start + near[..., None] * along) @ self.shape
        normals /= np.linalg.norm(normals, axis=-1, keepdims=True) + _TINY
        near = np.where((inside <= 0) | (near <= 0), NOWHERE, near)
        return near.astype(np.float32), normals.astype(np.float32)

    def blocks(self, points: Floats, towards: Floats) -> Bools:
        """Tell which of these points (3, N) do not see the far end of `towards`."""
        along = self.shape @ towards
        start = [_along(points, row) - np.float32(row @ self.centre) for row in self.shape]
        a = np.float32(along @ along)
        b = start[0] * along[0] + start[1] * along[1] + start[2] * along[2]
        c = start[0] ** 2 + start[1] ** 2 + start[2] ** 2 - 1
        inside = b * b - a * c
        behind: Bools = (inside > 0) & (np.sqrt(np.maximum(inside, 0)) > b)
        return behind


Solid = Convex | Ellipsoid


def _along(points: Floats, direction: Floats) -> Floats:
    """Dot products of points (3, N) with one direction; most directions here have one axis."""
    total = np.zeros(points.shape[1], dtype=np.float32)
    for row, weight in zip(points, direction, strict=True):
        if weight:
            total += row * np.float32(weight)
    return total


def _corners(low: Sequence[float], high: Sequence[float]) -> Floats:
    return np.array(list(itertools.product(*zip(low, high, strict=True))), dtype=np.float32)


def box(low: Vector, high: Vector) -> Convex:
    """Make an upright box from its two opposite corners."""
    normals = np.vstack([np.eye(3), -np.eye(3)]).astype(np.float32)
    offsets = np.array([*high, *(-value for value in low)], dtype=np.float32)
    return Convex(normals, offsets, _corners(low, high))


def cut(body: Convex, planes: Iterable[tuple[Vector, Vector]]) -> Convex:
    """Cut a convex body by planes, each given as (a point on it, its outward direction)."""
    points, directions = zip(*planes, strict=True)
    outward = np.array(directions, dtype=np.float32)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    offsets = np.einsum("pi,pi->p", outward, np.array(points, dtype=np.float32))
    return Convex(
        np.vstack([body.normals, outward]), np.append(body.offsets, offsets), body.corners
    )


def gable(low: Vector, high: Vector, *, ridge: str) -> Convex:
    """Make a pitched roof within a box; its ridge runs along axis "x" or "y"."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    rise = z1 - z0
    if ridge == "y":
        half = (x1 - x0) / 2
        sides = [((x0, y0, z0), (-rise, 0.0, half)), ((x1, y0, z0), (rise, 0.0, half))]
    else:
        half = (y1 - y0) / 2
        sides = [((x0, y0, z0), (0.0, -rise, half)), ((x0, y1, z0), (0.0, rise, half))]
    return cut(box(low, high), sides)


def drum(centre: Vector, radius: float, height: float, *, axis: int = 2, sides: int = 12) -> Convex:
    """Make a prism with many sides that passes for a cylinder: posts, trunks, wheels."""
    first, second = (index for index in range(3) if index != axis)
    low, high = list(centre), list(centre)
    low[axis] -= height / 2
    high[axis] += height / 2
    for index in (first, second):
        low[index] -= radius
        high[index] += radius
    planes = []
    for step in range(sides):
        angle = 2 * math.pi * (step + 0.5) / sides
        direction = [0.0, 0.0, 0.0]
        direction[first], direction[second] = math.cos(angle), math.sin(angle)
        point = [value + radius * way for value, way in zip(centre, direction, strict=True)]
        planes.append(((point[0], point[1], point[2]), (direction[0], direction[1], direction[2])))
    body = box((low[0], low[1], low[2]), (high[0], high[1], high[2]))
    return cut(body, planes)


def ball(centre: Vector, radii: Vector) -> Ellipsoid:
    """Make an ellipsoid whose axes are the world's."""
    middle, reach = np.array(centre, dtype=np.float32), np.array(radii, dtype=np.float32)
    return Ellipsoid(
        middle,
        np.diag(1 / reach).astype(np.float32),
        _corners((middle - reach).tolist(), (middle + reach).tolist()),
    )


def limb(start: Vector, end: Vector, thickness: float) -> Ellipsoid:
    """Make a long ellipsoid from one joint to another, `thickness` metres in radius."""
    a, b = np.array(start, dtype=np.float32), np.array(end, dtype=np.float32)
    length = float(np.linalg.norm(b - a)) / 2 + thickness * 0.6
    bone = (b - a) / np.linalg.norm(b - a)
    shape = np.eye(3) / thickness + np.outer(bone, bone) * (1 / length - 1 / thickness)
    low, high = np.minimum(a, b) - thickness * 1.6, np.maximum(a, b) + thickness * 1.6
    return Ellipsoid((a + b) / 2, shape.astype(np.float32), _corners(low.tolist(), high.tolist()))
