"""What the camera sees before there is light: which surface, where, how it leans, its colour."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from scout_workers.demo.scenes import optics, yard
from scout_workers.demo.scenes.noise import sample
from scout_workers.demo.scenes.paint import Surface, ground
from scout_workers.demo.scenes.parts import Kind
from scout_workers.demo.scenes.solids import NOWHERE, Ellipsoid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from scout_workers.demo.scenes.arrays import Floats
    from scout_workers.demo.scenes.parts import Part

_LEVEL = np.float32(-1e-3)  # rays that fall less than this never meet the ground


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One value a pixel, shape (HEIGHT, WIDTH) and for vectors (HEIGHT, WIDTH, 3).

    Attributes:
        depth: Metres along the ray; NOWHERE for the sky.
        ambient: Share of the open sky that reaches the surface, 0 to 1.
        casters: The bodies that throw shadows.
    """

    depth: Floats
    points: Floats
    normals: Floats
    albedo: Floats
    kinds: NDArray[np.uint8]
    ambient: Floats
    casters: tuple[Part, ...]

    def copy(self) -> Stage:
        """Return a stage that may be drawn on."""
        return replace(
            self,
            depth=self.depth.copy(),
            points=self.points.copy(),
            normals=self.normals.copy(),
            albedo=self.albedo.copy(),
            kinds=self.kinds.copy(),
            ambient=self.ambient.copy(),
        )


def _place(stage: Stage, part: Part) -> None:
    """Draw one body wherever it is nearer than what is there."""
    rows, columns = optics.window(part.solid.corners)
    rays = optics.rays()[rows, columns]
    if rays.size == 0:
        return
    if isinstance(part.solid, Ellipsoid):
        ragged = None
        if part.kind is Kind.FOLIAGE:
            ragged = _ragged(rows, columns, part.solid)
        depth, normals = part.solid.hit(optics.EYE, rays, ragged)
    else:
        depth, normals = part.solid.hit(optics.EYE, rays)
    seen = depth < stage.depth[rows, columns]
    if not seen.any():
        return
    points = optics.EYE + depth[seen][:, None] * rays[seen]
    facing = np.abs(np.einsum("ni,ni->n", normals[seen], rays[seen]))
    footprint = depth[seen] / optics.FOCAL_PIXELS / np.maximum(facing, 0.15)
    surface = Surface(points, normals[seen], footprint)
    leaning = normals[seen]
    if part.kind is Kind.FOLIAGE:
        leaning = _ruffled(points, leaning)
    stage.depth[rows, columns][seen] = depth[seen]
    stage.points[rows, columns][seen] = points
    stage.normals[rows, columns][seen] = leaning
    stage.albedo[rows, columns][seen] = np.clip(part.paint(surface), 0, 1)
    stage.kinds[rows, columns][seen] = part.kind
    stage.ambient[rows, columns][seen] = 1.0


def _ragged(rows: slice, columns: slice, body: Ellipsoid) -> Floats:
    """How much nearer or farther than round the edge of a crown is, ray by ray."""
    distance = float(np.linalg.norm(body.centre - optics.EYE))
    u, v = np.meshgrid(
        np.arange(columns.start, columns.stop, dtype=np.float32),
        np.arange(rows.start, rows.stop, dtype=np.float32),
    )
    scale = distance / 9.0
    own = float(np.abs(body.centre).sum()) * 37
    coarse = sample(u * scale * 0.35 + own, v * scale * 0.35, roughness=1.1, seed=31)
    fine = sample(u * scale + own, v * scale, roughness=0.4, seed=32)
    edge: Floats = 0.16 * coarse + 0.20 * fine - 0.12
    return edge


def _ruffled(points: Floats, normals: Floats) -> Floats:
    """Leaves look every way."""
    u, v = points[:, 0] + points[:, 1], points[:, 2] * 1.3 + points[:, 1]
    lean = [sample(u * 30, v * 30, roughness=0.7, seed=seed) for seed in (33, 34, 35)]
    ruffled = normals + 0.45 * np.stack(lean, axis=-1)
    ruffled /= np.linalg.norm(ruffled, axis=-1, keepdims=True)
    return ruffled.astype(np.float32)


def _open_ground() -> Stage:
    rays = optics.rays()
    falling = rays[..., 2] < _LEVEL
    depth = np.where(falling, -optics.EYE[2] / np.minimum(rays[..., 2], _LEVEL), NOWHERE)
    depth = depth.astype(np.float32)
    points = optics.EYE + np.minimum(depth, 400)[..., None] * rays
    shape = (optics.HEIGHT, optics.WIDTH)
    normals = np.broadcast_to(np.array([0, 0, 1], dtype=np.float32), (*shape, 3)).copy()
    albedo = np.zeros((*shape, 3), dtype=np.float32)
    footprint = depth[falling] / optics.FOCAL_PIXELS / np.maximum(-rays[falling][:, 2], 0.05)
    albedo[falling] = ground(Surface(points[falling], normals[falling], footprint))
    kinds = np.where(falling, Kind.GROUND, Kind.SKY).astype(np.uint8)
    ambient = np.ones(shape, dtype=np.float32)
    return Stage(depth, points, normals, albedo, kinds, ambient, ())


def _sheltered(stage: Stage, casters: Iterable[Part], *, step: int) -> Floats:
    """Share of the sky each point sees, tried in a few directions on a coarser grid."""
    grid = slice(step // 2, None, step)
    normals = stage.normals[grid, grid]
    points = np.moveaxis(stage.points[grid, grid] + 0.03 * normals, -1, 0).reshape(3, -1).copy()
    seen, total = (np.zeros(points.shape[1], dtype=np.float32) for _ in range(2))
    for index in range(14):
        height = math.asin(0.12 + 0.86 * ((index * 0.618) % 1))
        turn = 2 * math.pi * index / 14
        level = math.cos(height)
        towards = np.array(
            [level * math.cos(turn), level * math.sin(turn), math.sin(height)], dtype=np.float32
        )
        weight = np.maximum(dot(normals, towards), 0).reshape(-1)
        blocked = np.zeros(points.shape[1], dtype=bool)
        for part in casters:
            blocked |= part.solid.blocks(points, towards)
        total += weight
        seen += weight * ~blocked
    share: Floats = (seen / np.maximum(total, 1e-6)).reshape(normals.shape[:2])
    return share


def dot(field: Floats, direction: Floats) -> Floats:
    """Dot products of a field of vectors (..., 3) with one direction (3,)."""
    x, y, z = (np.float32(value) for value in direction)
    product: Floats = field[..., 0] * x + field[..., 1] * y + field[..., 2] * z
    return product


def enlarge(coarse: Floats) -> Floats:
    """Bring a coarse grid to the full picture, smoothly."""
    picture = Image.fromarray(coarse.astype(np.float32))
    full = picture.resize((optics.WIDTH, optics.HEIGHT), Image.Resampling.BILINEAR)
    return np.asarray(full, dtype=np.float32)


@cache
def empty() -> Stage:
    """The yard with nobody in it; made once a process, about a second."""
    stage = _open_ground()
    for part in yard.parts():
        _place(stage, part)
    casters = tuple(part for part in yard.parts() if part.casts)
    stage.ambient[...] = 0.25 + 0.75 * enlarge(_sheltered(stage, casters, step=4))
    return replace(stage, casters=casters)


def with_visitors(visitors: Iterable[Part]) -> Stage:
    """The yard with these bodies in it."""
    stage = empty().copy()
    added = tuple(visitors)
    for part in added:
        _place(stage, part)
    return replace(stage, casters=stage.casters + added)
