"""The yard that never moves: house, driveway, lawn, fence, trees, and the street behind."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from scout_workers.demo.scenes.paint import bonded, leaves, plain, planks
from scout_workers.demo.scenes.parts import Kind, Part
from scout_workers.demo.scenes.solids import ball, box, drum, gable
from scout_workers.demo.scenes.vehicles import parked_car

if TYPE_CHECKING:
    from scout_workers.demo.scenes.arrays import Vector

PORCH_LAMP = (-4.0, 8.75, 2.3)
STREET_LAMP = (5.9, 19.95, 5.35)

_BRICK = bonded((0.300, 0.130, 0.085), (0.30, 0.28, 0.25), length=0.24, height=0.085, gap=0.014)
_ROOF = bonded((0.105, 0.075, 0.068), (0.045, 0.035, 0.033), length=0.34, height=0.24, gap=0.03)
_FENCE = planks((0.200, 0.125, 0.070), width=0.16)
_TRIM = plain((0.68, 0.67, 0.63))
_PANE = plain((0.030, 0.036, 0.042))
_BARK = plain((0.095, 0.072, 0.055), mottle=0.25)
_PINE = leaves((0.040, 0.078, 0.026))
_SHRUB = leaves((0.062, 0.105, 0.034))
_HEDGE = leaves((0.048, 0.090, 0.030))


def _house() -> list[Part]:
    wall = -4.2
    return [
        Part(box((-10.5, 3.0, 0.0), (wall, 11.6, 2.95)), _BRICK, casts=True),
        Part(gable((-10.9, 2.6, 2.95), (wall + 0.45, 12.0, 5.2), ridge="y"), _ROOF, casts=True),
        Part(box((wall + 0.36, 2.6, 2.86), (wall + 0.47, 12.0, 3.0)), _TRIM),
        Part(drum((wall + 0.08, 11.35, 1.45), 0.05, 2.9), _TRIM),
        # window
        Part(box((wall, 6.05, 0.95), (wall + 0.05, 7.75, 2.25)), _TRIM),
        Part(box((wall, 6.13, 1.03), (wall + 0.06, 6.86, 2.17)), _PANE, Kind.GLASS),
        Part(box((wall, 6.94, 1.03), (wall + 0.06, 7.67, 2.17)), _PANE, Kind.GLASS),
        Part(box((wall, 5.95, 0.87), (wall + 0.14, 7.85, 0.95)), plain((0.42, 0.40, 0.37))),
        # door, step, lamp, number plate
        Part(box((wall, 9.15, 0.12), (wall + 0.05, 10.35, 2.25)), _TRIM),
        Part(box((wall, 9.25, 0.15), (wall + 0.07, 10.25, 2.15)), plain((0.035, 0.085, 0.120))),
        Part(box((wall, 9.40, 1.45), (wall + 0.08, 10.10, 1.95)), _PANE, Kind.GLASS),
        Part(box((wall, 9.0, 0.0), (wall + 1.0, 10.5, 0.14)), plain((0.34, 0.33, 0.31))),
        Part(box((wall + 0.12, 9.3, 0.14), (wall + 0.8, 10.2, 0.17)), plain((0.10, 0.07, 0.05))),
        Part(box((wall, 8.68, 2.3), (wall + 0.12, 8.82, 2.42)), plain((0.03, 0.03, 0.03))),
        Part(ball((wall + 0.14, 8.75, 2.24), (0.09, 0.09, 0.12)), _TRIM, Kind.PORCH_LAMP),
        Part(box((wall, 10.55, 1.5), (wall + 0.02, 10.85, 1.75)), plain((0.5, 0.5, 0.48))),
        # the main house behind the camera is never seen; its shadow is
        Part(box((-10.5, -9.0, 0.0), (9.0, -0.35, 3.4)), _BRICK, casts=True),
        Part(gable((-10.9, -9.4, 3.4), (9.4, 0.1, 5.6), ridge="x"), _ROOF, casts=True),
    ]


def _garden() -> list[Part]:
    bin_green, bin_lid = plain((0.030, 0.075, 0.045)), plain((0.42, 0.33, 0.03))
    parts = [
        Part(box((9.0, -1.0, 0.0), (9.07, 17.2, 1.85)), _FENCE, casts=True),
        Part(box((8.96, -1.0, 1.82), (9.11, 17.2, 1.88)), plain((0.20, 0.13, 0.075))),
        # low wall to the street with its pillars, and the letter box
        Part(box((3.3, 17.0, 0.0), (9.0, 17.25, 0.75)), _BRICK, casts=True),
        Part(box((3.25, 16.95, 0.75), (9.0, 17.3, 0.82)), plain((0.40, 0.38, 0.35))),
        Part(box((2.75, 16.9, 0.0), (3.3, 17.35, 1.15)), _BRICK, casts=True),
        Part(box((2.70, 16.85, 1.15), (3.35, 17.4, 1.22)), plain((0.40, 0.38, 0.35))),
        Part(box((2.9, 16.86, 0.8), (3.15, 16.9, 1.0)), plain((0.03, 0.03, 0.035))),
        Part(box((-9.0, 17.0, 0.0), (-2.0, 17.6, 1.05)), _HEDGE, Kind.FOLIAGE, casts=True),
        # bins against the wall
        Part(box((-4.1, 11.75, 0.0), (-3.5, 12.35, 1.0)), bin_green, casts=True),
        Part(box((-4.13, 11.7, 1.0), (-3.44, 12.4, 1.08)), bin_lid),
        # the tree on the lawn
        Part(drum((6.0, 13.2, 0.9), 0.14, 1.9), _BARK, casts=True),
        # trees over the fence
        Part(drum((11.6, 9.5, 1.4), 0.2, 2.8), _BARK, casts=True),
        Part(drum((13.0, 19.5, 1.4), 0.22, 2.8), _BARK),
    ]
    parts += [
        *_crown((6.0, 13.2, 2.75), 1.35, seed=1),
        *_crown((11.6, 9.5, 4.0), 2.1, seed=2),
        *_crown((13.0, 19.5, 4.3), 2.3, seed=3),
    ]
    shrubs = [(8.3, 5.2, 0.5), (8.35, 7.1, 0.62), (8.2, 9.4, 0.45), (8.35, 11.6, 0.66),
              (8.3, 14.6, 0.55), (8.1, 16.2, 0.42), (4.6, 16.6, 0.34), (-3.75, 8.0, 0.33),
              (-3.8, 5.4, 0.36)]  # fmt: skip
    parts += [
        Part(ball((x, y, size * 0.75), (size, size, size * 0.95)), _SHRUB, Kind.FOLIAGE, casts=True)
        for x, y, size in shrubs
    ]
    return parts


def _crown(middle: Vector, radius: float, *, seed: int) -> list[Part]:
    """Foliage that no gardener has clipped: a core that casts the shadow, and boughs around it."""
    rng = np.random.default_rng(seed)
    core = Part(
        ball(middle, (radius * 0.8, radius * 0.8, radius * 0.85)), _PINE, Kind.FOLIAGE, casts=True
    )
    boughs = []
    for index in range(13):
        height = 1.05 - 1.75 * (index + 0.5) / 13
        reach = radius * (0.62 + 0.22 * rng.random()) * np.sqrt(max(1.12 - height**2, 0.1))
        turn = 2.4 * index + rng.uniform(-0.3, 0.3)
        size = radius * rng.uniform(0.34, 0.52)
        x, y = middle[0] + reach * np.cos(turn), middle[1] + reach * np.sin(turn)
        at = (float(x), float(y), middle[2] + height * radius)
        boughs.append(Part(ball(at, (size, size, size * 0.72)), _PINE, Kind.FOLIAGE))
    return [core, *boughs]


def _far_house(x: float, width: float, wall: Vector) -> list[Part]:
    front = 36.0
    coat, right = plain(wall), x + width + 0.5
    parts = [
        Part(box((x, front, 0.0), (x + width, front + 8, 3.1)), coat),
        Part(
            gable((x - 0.5, front - 0.6, 3.1), (x + width + 0.5, front + 8.6, 6.2), ridge="x"),
            _ROOF,
        ),
        Part(box((x - 0.5, front - 0.62, 2.98), (right, front - 0.5, 3.14)), _TRIM),
        Part(box((x + 1.2, front + 3.5, 5.0), (x + 1.9, front + 4.2, 7.0)), _BRICK),
        Part(box((x + width * 0.52, front - 0.06, 0.1), (x + width * 0.62, front, 2.2)), _TRIM),
    ]
    for share in (0.12, 0.76):
        left = x + width * share
        parts.append(Part(box((left - 0.12, front - 0.05, 0.9), (left + 1.72, front, 2.35)), _TRIM))
        pane = box((left, front - 0.08, 1.0), (left + 1.6, front, 2.25))
        parts.append(Part(pane, _PANE, Kind.WINDOW))
    return parts


def _street() -> list[Part]:
    pole = plain((0.16, 0.16, 0.165))
    parts = [
        Part(drum((6.9, 19.6, 2.7), 0.07, 5.4, sides=8), pole),
        Part(drum((6.4, 19.75, 5.42), 0.045, 1.3, axis=0, sides=8), pole),
        Part(box((5.6, 19.85, 5.33), (6.2, 20.05, 5.42)), pole, Kind.STREET_LAMP),
        Part(drum((-7.5, 29.3, 4.2), 0.13, 8.4, sides=8), _BARK),
        Part(box((-8.5, 29.25, 7.7), (-6.5, 29.35, 7.85)), _BARK),
        Part(box((-40.0, 30.8, 0.0), (-15.0, 31.6, 1.2)), _HEDGE, Kind.FOLIAGE),
        Part(box((-3.0, 30.8, 0.0), (4.6, 31.5, 1.0)), _HEDGE, Kind.FOLIAGE),
        Part(box((16.5, 30.8, 0.0), (40.0, 31.6, 1.3)), _HEDGE, Kind.FOLIAGE),
        *_far_house(-19.0, 13.0, (0.45, 0.40, 0.31)),
        *_far_house(3.5, 12.0, (0.50, 0.49, 0.46)),
        *_far_house(24.0, 13.0, (0.33, 0.16, 0.11)),
        *parked_car(-6.6, 25.6),
    ]
    far_trees = [
        ((-2.2, 38.0, 3.9), (2.6, 2.6, 3.2)), ((-0.2, 41.0, 4.8), (2.8, 2.8, 3.6)),
        ((19.5, 37.5, 4.2), (3.0, 3.0, 3.4)), ((21.6, 42.0, 5.2), (3.0, 3.0, 4.0)),
        ((-23.0, 40.0, 5.0), (3.6, 3.6, 4.6)), ((-28.0, 38.0, 4.2), (3.6, 3.6, 4.0)),
        ((-9.0, 50.0, 6.0), (5.0, 4.0, 5.0)), ((9.0, 52.0, 6.2), (6.0, 4.0, 5.0)),
        ((15.0, 50.0, 5.6), (4.0, 4.0, 5.2)), ((-16.0, 52.0, 6.0), (5.0, 4.0, 5.0)),
    ]  # fmt: skip
    parts += [Part(ball(at, size), _PINE, Kind.FOLIAGE) for at, size in far_trees]
    return parts


@cache
def parts() -> tuple[Part, ...]:
    """Everything that stands still, the plain ground apart."""
    return (*_house(), *_garden(), *_street())
