"""Whether a picture is blurred: contrast, light and noise must not matter, only edges.

In a sharp picture of anything, detail of 2 to 4 pixels is about as strong as coarser detail;
blur takes the finer away first. The ratio of the two is the same by day and by night, in fog and
in noise. Judged by the sharpest quarter of the tiles that show something, for a clear sky or a
smooth wall is not out of focus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scout_workers.llm.local.structure import Structure

BLURRED_BELOW = 0.15
SOFT_BELOW, SOFTER_THAN_BEFORE = 0.22, 0.33
_FEWEST_TILES = 6
_SHARPEST = 75


def blurred(sharpness: float | None, before: float | None) -> bool:
    """Tell whether a picture is blurred: by itself, or plainly softer than the ones before.

    Args:
        sharpness: Of the picture, as `sharpness_of` measures it.
        before: The least of the comparable earlier pictures.
    """
    if sharpness is None:
        return False
    if sharpness < BLURRED_BELOW:
        return True
    return before is not None and sharpness < SOFT_BELOW and sharpness < SOFTER_THAN_BEFORE * before


def sharpness_of(structure: Structure) -> float | None:
    """Return the ratio of fine to coarse detail, about 0.3 to 2 where sharp, 0 where blurred.

    None where too little is to be seen to tell.
    """
    coarse = structure.coarse.ravel()
    shown = np.flatnonzero(structure.seen.ravel())
    if len(shown) < _FEWEST_TILES:
        return None
    strongest = shown[np.argsort(coarse[shown])][-max(_FEWEST_TILES, len(coarse) // 2) :]
    ratios = structure.fine.ravel()[strongest] / coarse[strongest]
    return float(np.percentile(ratios, _SHARPEST))
