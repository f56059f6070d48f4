"""The tone curve between two pictures of one view: what another exposure did to all of it.

Pixels are taken in groups of one brightness; each group says what became of it, and a parabola is
laid through the groups, trusting those that agree. A thing that came or went speaks for its own
group only, and is outvoted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scout_workers.llm.local.planes import Plane

_EVERY = 4  # pixels along both axes are enough
_GROUPS = 16
_ROUNDS = 4
_TRUSTED_WITHIN = 0.02
_LEAST_RANGE = 0.05


def in_tone_of(plane: Plane, other: Plane) -> Plane:
    """Return a plane of brightness as it would be with the other's exposure.

    Args:
        plane: The picture to be brought over.
        other: A picture of the same view and shape.
    """
    before = plane[::_EVERY, ::_EVERY].ravel()
    after = other[::_EVERY, ::_EVERY].ravel()
    order = np.argsort(before, kind="stable")
    count = len(order) // _GROUPS
    if count == 0:
        return plane
    groups = order[: count * _GROUPS].reshape(_GROUPS, count)
    x, y = np.median(before[groups], axis=1), np.median(after[groups], axis=1)
    if np.ptp(x) < _LEAST_RANGE:
        return plane
    terms = np.stack([np.ones_like(x), x, x * x], axis=1)
    trust = np.ones(_GROUPS)
    curve = np.zeros(3)
    for _ in range(_ROUNDS):
        root = np.sqrt(trust)[:, None]
        curve = np.linalg.lstsq(terms * root, y * root[:, 0], rcond=None)[0]
        trust = 1 / (1 + ((y - terms @ curve) / _TRUSTED_WITHIN) ** 2)
    constant, slope, bend = (np.float32(value) for value in curve)
    result: Plane = constant + plane * (slope + plane * bend)
    return result
