"""Whether the same picture stands in a frame several times, one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scout_workers.llm.local.planes import box_means, halved

if TYPE_CHECKING:
    from scout_workers.llm.local.frame import Frame

_NEAREST, _FARTHEST = 0.15, 0.70  # of the height
_DETAIL = 6
_NOTHING = 1e-6


def repetition_of(frame: Frame) -> float:
    """Return the best correlation of the picture with itself moved down, -1 to 1.

    Fences and bricks repeat over shorter distances than 15 % of the height, which is the least
    that is looked at; storeys of a house reach about 0.2.
    """
    small = halved(halved(frame.luma))
    detail = small - box_means(small, _DETAIL)
    height = len(detail)
    best = 0.0
    for distance in range(max(1, int(_NEAREST * height)), int(_FARTHEST * height)):
        above, below = detail[:-distance], detail[distance:]
        energy = float(np.vdot(above, above)) * float(np.vdot(below, below))
        best = max(best, float(np.vdot(above, below)) / float(np.sqrt(energy + _NOTHING**2)))
    return best
