"""Who comes by: a walker in mid-step, a cat, a parcel on the step, and the van."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scout_workers.demo.scenes.moments import Visitor
from scout_workers.demo.scenes.paint import plain
from scout_workers.demo.scenes.parts import Kind, Part
from scout_workers.demo.scenes.solids import ball, box, limb
from scout_workers.demo.scenes.vehicles import van

if TYPE_CHECKING:
    from scout_workers.demo.scenes.arrays import Vector
    from scout_workers.demo.scenes.moments import Sight

_JACKET = plain((0.30, 0.040, 0.030))
_TROUSERS = plain((0.030, 0.036, 0.060))
_SKIN = plain((0.40, 0.24, 0.17))
_HAIR = plain((0.035, 0.022, 0.015))
_SHOES = plain((0.02, 0.02, 0.02))
_CARDBOARD = plain((0.33, 0.215, 0.115), mottle=0.08)
_TAPE = plain((0.50, 0.40, 0.25))
_FUR = plain((0.055, 0.050, 0.046), mottle=0.2)
_EYES = plain((0.3, 0.3, 0.2))


def bodies(sight: Sight) -> list[Part]:
    """The bodies that make up one visitor."""
    if sight.who is Visitor.WALKER:
        return _walker(sight)
    if sight.who is Visitor.CAT:
        return _cat(sight)
    if sight.who is Visitor.VAN:
        return van(sight.x, sight.y)
    return _parcel(sight)


def _frame(sight: Sight) -> tuple[Vector, Vector]:
    turn = math.radians(sight.heading)
    return (math.sin(turn), math.cos(turn), 0.0), (math.cos(turn), -math.sin(turn), 0.0)


def _walker(sight: Sight) -> list[Part]:
    ahead, aside = _frame(sight)
    step = sight.stride * 0.34

    def at(forward: float, sideways: float, up: float) -> Vector:
        return (
            sight.x + forward * ahead[0] + sideways * aside[0],
            sight.y + forward * ahead[1] + sideways * aside[1],
            up,
        )

    parts = []
    for side in (-1, 1):
        swing = step * side
        hip, knee, foot = (
            at(0.0, 0.10 * side, 0.90),
            at(swing * 0.62 + 0.05, 0.10 * side, 0.49),
            at(swing, 0.10 * side, 0.09 + 0.06 * max(0.0, -swing)),
        )
        toe = at(swing + 0.13, 0.11 * side, 0.05)
        shoulder, elbow = at(0.0, 0.21 * side, 1.42), at(-swing * 0.5 - 0.04, 0.27 * side, 1.14)
        hand = at(-swing * 0.9 + 0.08, 0.26 * side, 0.92)
        parts += [
            Part(limb(hip, knee, 0.095), _TROUSERS, casts=True),
            Part(limb(knee, foot, 0.068), _TROUSERS, casts=True),
            Part(limb(foot, toe, 0.055), _SHOES),
            Part(limb(shoulder, elbow, 0.066), _JACKET, casts=True),
            Part(limb(elbow, hand, 0.054), _JACKET, casts=True),
            Part(ball(hand, (0.045, 0.045, 0.055)), _SKIN),
        ]
    parts += [
        Part(limb(at(0.0, -0.07, 1.40), at(0.0, -0.05, 0.96), 0.125), _JACKET, casts=True),
        Part(limb(at(0.0, 0.0, 1.42), at(0.0, 0.0, 0.94), 0.150), _JACKET),
        Part(limb(at(0.0, 0.07, 1.40), at(0.0, 0.05, 0.96), 0.125), _JACKET, casts=True),
        Part(limb(at(0.0, -0.14, 1.42), at(0.0, 0.14, 1.42), 0.090), _JACKET, casts=True),
        Part(limb(at(0.0, 0.0, 1.45), at(0.02, 0.0, 1.57), 0.055), _SKIN),
        Part(ball(at(0.03, 0.0, 1.66), (0.088, 0.088, 0.118)), _SKIN, casts=True),
        Part(ball(at(-0.005, 0.0, 1.70), (0.100, 0.100, 0.100)), _HAIR, casts=True),
    ]
    return parts


def _cat(sight: Sight) -> list[Part]:
    ahead, aside = _frame(sight)

    def at(forward: float, sideways: float, up: float) -> Vector:
        return (
            sight.x + forward * ahead[0] + sideways * aside[0],
            sight.y + forward * ahead[1] + sideways * aside[1],
            up,
        )

    head = at(0.31, 0.05, 0.33)
    parts = [
        Part(limb(at(-0.17, 0.0, 0.25), at(0.17, 0.0, 0.26), 0.085), _FUR),
        Part(ball(head, (0.066, 0.066, 0.060)), _FUR),
        Part(limb(at(-0.22, 0.0, 0.27), at(-0.42, 0.0, 0.46), 0.024), _FUR),
        *(Part(limb(at(f, s, 0.2), at(f + d, s, 0.02), 0.026), _FUR)
          for f, s, d in ((0.15, 0.05, 0.06), (0.15, -0.05, -0.05),
                          (-0.15, 0.05, -0.06), (-0.15, -0.05, 0.05))),
        *(Part(limb(at(0.31, 0.05 + s, 0.37), at(0.31, 0.05 + s * 1.2, 0.42), 0.018), _FUR)
          for s in (-0.035, 0.035)),
    ]  # fmt: skip
    # It has noticed the camera: both eyes look at it.
    for side in (-0.026, 0.026):
        eye = (head[0] + side, head[1] - 0.066, head[2] + 0.016)
        parts.append(Part(ball(eye, (0.020, 0.020, 0.020)), _EYES, Kind.MIRROR))
    return parts


def _parcel(sight: Sight) -> list[Part]:
    x, y = sight.x, sight.y
    return [
        Part(box((x - 0.26, y - 0.19, 0.14), (x + 0.26, y + 0.19, 0.46)), _CARDBOARD, casts=True),
        Part(box((x - 0.265, y - 0.03, 0.14), (x + 0.265, y + 0.03, 0.465)), _TAPE),
    ]
