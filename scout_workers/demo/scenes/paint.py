"""What surfaces look like in plain daylight: linear reflectances between 0 and 1, by position."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from scout_workers.demo.scenes.noise import grain, sample, scattered

if TYPE_CHECKING:
    from scout_workers.demo.scenes.arrays import Bools, Floats, Vector


_UPRIGHT = 0.5  # a component of a normal beyond this means that it mostly points that way


@dataclass(frozen=True, slots=True)
class Surface:
    """Some visible points of one body.

    Attributes:
        points: World positions in metres, shape (N, 3).
        normals: Unit normals, shape (N, 3).
        footprint: How much of the surface one pixel covers, in metres, shape (N,).
    """

    points: Floats
    normals: Floats
    footprint: Floats


Paint: TypeAlias = Callable[[Surface], "Floats"]


class Strip(NamedTuple):
    """A stretch of the plot along one axis, in metres."""

    start: float
    end: float

    def holds(self, position: Floats) -> Bools:
        """Tell which of these positions lie within."""
        return (position > self.start) & (position < self.end)


DRIVE = Strip(-1.7, 2.5)  # along x, like the bed
BED = Strip(7.7, 9.0)
PATH = Strip(9.0, 10.6)  # along y, like all that follows
YARD = Strip(-5.0, 17.5)
NEAR_PAVEMENT = Strip(17.5, 19.3)
VERGE = Strip(19.3, 19.95)
NEAR_KERB = Strip(19.95, 20.1)
ROAD = Strip(20.1, 26.6)
FAR_KERB = Strip(26.6, 26.8)
FAR_PAVEMENT = Strip(26.8, 28.4)


def _tinted(colour: Vector, shade: Floats) -> Floats:
    return np.array(colour, dtype=np.float32) * np.clip(shade, 0.0, 3.0)[:, None]


def _joint(position: Floats, pitch: float, width: float, footprint: Floats) -> Floats:
    """Share of a pixel covered by the joints of a row laid at `pitch`, without aliasing."""
    distance = np.abs((position / pitch + 0.5) % 1 - 0.5) * pitch
    blur = np.maximum(footprint, width)
    share = np.clip((width / 2 + blur / 2 - distance) / blur, 0, 1) * np.minimum(width / blur, 1)
    covered: Floats = share.astype(np.float32)
    return covered


def plain(colour: Vector, *, mottle: float = 0.03) -> Paint:
    """An even coat, a little uneven."""

    def coat(at: Surface) -> Floats:
        u, v = at.points[:, 0] + at.points[:, 1], at.points[:, 2] + at.points[:, 1] * 0.3
        return _tinted(colour, 1 + mottle * sample(u * 60, v * 60, roughness=1.0, seed=11))

    return coat


def bonded(colour: Vector, joint: Vector, *, length: float, height: float, gap: float) -> Paint:
    """Bricks, slabs or tiles in running bond, on walls by height and on the ground by depth."""

    def coat(at: Surface) -> Floats:
        flat = np.abs(at.normals[:, 2]) > _UPRIGHT
        across = np.abs(at.normals[:, 0]) > _UPRIGHT
        along = np.where(across & ~flat, at.points[:, 1], at.points[:, 0])
        up = np.where(flat, at.points[:, 1], at.points[:, 2])
        course = np.floor(up / height)
        shifted = along + (course % 2) * length / 2
        tint = scattered(course, np.floor(shifted / length + 0.5), seed=5)
        worn = sample(along * 25, up * 25, roughness=1.1, seed=12)
        body = _tinted(colour, 0.72 + 0.5 * tint + 0.09 * worn)
        lines = np.maximum(
            _joint(shifted - length / 2, length, gap, at.footprint),
            _joint(up, height, gap, at.footprint),
        )[:, None]
        mixed: Floats = body * (1 - lines) + np.array(joint, dtype=np.float32) * lines
        return mixed

    return coat


def planks(colour: Vector, *, width: float) -> Paint:
    """Upright boards with dark gaps and grain, as a fence has them."""

    def coat(at: Surface) -> Floats:
        along = np.where(np.abs(at.normals[:, 0]) > _UPRIGHT, at.points[:, 1], at.points[:, 0])
        board = np.floor(along / width + 0.5)
        tint = scattered(board, board * 7, seed=6)
        streak = sample(along * 160, at.points[:, 2] * 9, roughness=0.7, seed=13)
        shade = (0.75 + 0.45 * tint + 0.08 * streak) * (0.82 + 0.1 * at.points[:, 2])
        gaps = _joint(along - width / 2, width, 0.014, at.footprint)
        return _tinted(colour, shade * (1 - 0.75 * gaps))

    return coat


def leaves(colour: Vector) -> Paint:
    """Foliage: clumps of light and dark, finer with nearness."""

    def coat(at: Surface) -> Floats:
        u = at.points[:, 0] + at.points[:, 1] * 0.7
        v = at.points[:, 2] + at.points[:, 1] * 0.4
        clumps = sample(u * 16, v * 16, roughness=0.8, seed=14)
        fine = grain(u * 70, v * 70, roughness=0.3, seed=15)
        return _tinted(colour, 1 + 0.38 * clumps + 0.22 * fine)

    return coat


def grass(points: Floats, footprint: Floats) -> Floats:
    """A lawn at the end of winter: green, patched with straw, mown in stripes nobody planned."""
    x, y = points[:, 0], points[:, 1]
    patches = sample(x * 7, y * 7, roughness=1.5, seed=16)
    tufts = sample(x * 38, y * 22, roughness=0.6, seed=17)
    blades = grain(x * 210, y * 70, roughness=0.15, seed=18)
    detail = np.clip(0.03 / footprint, 0.15, 1)
    dry = np.clip(0.32 + 0.26 * patches + 0.12 * tufts, 0, 1)[:, None]
    colour = np.array([0.075, 0.135, 0.030]) * (1 - dry) + np.array([0.200, 0.190, 0.080]) * dry
    shade = 1 + 0.22 * detail * tufts + 0.24 * detail * blades
    lawn: Floats = (colour * np.clip(shade, 0.25, 2)[:, None]).astype(np.float32)
    return lawn


def asphalt(points: Floats) -> Floats:
    """A patched road."""
    x, y = points[:, 0], points[:, 1]
    patches = sample(x * 6, y * 10, roughness=1.6, seed=19)
    stones = grain(x * 90, y * 90, roughness=0.2, seed=20)
    return _tinted((0.088, 0.090, 0.095), 1 + 0.14 * patches + 0.10 * stones)


def concrete(points: Floats, footprint: Floats) -> Floats:
    """Pavement slabs of 1.5 m, weathered."""
    x, y = points[:, 0], points[:, 1]
    weather = sample(x * 12, y * 12, roughness=1.3, seed=21)
    lines = np.maximum(_joint(x, 1.5, 0.02, footprint), _joint(y - 17.5, 1.8, 0.02, footprint))
    return _tinted((0.30, 0.29, 0.27), (1 + 0.10 * weather) * (1 - 0.55 * lines))


_paving = bonded((0.185, 0.170, 0.165), (0.085, 0.080, 0.072), length=0.42, height=0.28, gap=0.022)


def ground(at: Surface) -> Floats:
    """The whole plot seen from above: lawn, driveway, path to the door, pavement, road."""
    x, y = at.points[:, 0], at.points[:, 1]
    frayed = 0.05 * sample(x * 14, y * 14, roughness=0.9, seed=22)
    colour = grass(at.points, at.footprint)
    pavement, slabs = concrete(at.points, at.footprint), _slabs(at)
    for where, coat in (
        (DRIVE.holds(x + frayed * 0.4) & YARD.holds(y), slabs),
        (Strip(-4.3, DRIVE.start + 0.1).holds(x) & PATH.holds(y), slabs),
        (NEAR_PAVEMENT.holds(y) | FAR_PAVEMENT.holds(y), pavement),
        (DRIVE.holds(x) & VERGE.holds(y), pavement),
        (ROAD.holds(y), asphalt(at.points)),
        (NEAR_KERB.holds(y) | FAR_KERB.holds(y), pavement * 1.2),
        (BED.holds(x + frayed * 2) & YARD.holds(y), _soil(x, y)),
    ):
        colour[where] = coat[where]
    return colour


def _soil(x: Floats, y: Floats) -> Floats:
    crumbs = grain(x * 60, y * 60, roughness=0.4, seed=23)
    return _tinted((0.075, 0.050, 0.034), 1 + 0.3 * crumbs)


def _slabs(at: Surface) -> Floats:
    x, y = at.points[:, 0], at.points[:, 1]
    oil = np.exp(-(((x - 0.5) / 0.55) ** 2 + ((y - 8.2) / 0.8) ** 2))
    stain = np.clip(oil * (0.8 + 0.3 * sample(x * 15, y * 15, roughness=1.0, seed=24)), 0, 1)
    tracks = np.exp(-(((x + 0.35) / 0.25) ** 2)) + np.exp(-(((x - 1.35) / 0.25) ** 2))
    slabs: Floats = _paving(at) * (1 - 0.5 * stain - 0.13 * tracks)[:, None]
    return slabs
