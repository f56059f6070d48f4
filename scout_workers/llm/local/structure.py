"""How much there is to see in each part of a picture, freed from sensor noise.

White noise has no scale: of a plane's noise, a known share falls in each octave. What the finest
octave holds is therefore an upper bound of the noise in all coarser ones, and is taken off them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scout_workers.llm.local.planes import Plane, grid_of, octaves, tile_means

if TYPE_CHECKING:
    from scout_workers.llm.local.frame import Frame

TILE = 32
# Energy of white noise of variance 1 in each octave, over that in the finest.
_NOISE = (1.0, 0.0502, 0.0093, 0.0023)
_SEEN = 0.008


@dataclass(frozen=True, slots=True)
class Structure:
    """Energies (mean squares) of each tile, tiles about 32 pixels wide.

    Attributes:
        finest: Detail of 1 to 2 pixels, noise included.
        fine: Detail of 2 to 4 pixels, noise taken off.
        coarse: The stronger of the next two octaves (4 to 16 pixels), noise taken off.
    """

    finest: Plane
    fine: Plane
    coarse: Plane

    @property
    def seen(self) -> Plane:
        """1 for each tile that shows anything at all, else 0."""
        result: Plane = (self.coarse > _SEEN**2).astype(np.float32)
        return result


def structure_of(frame: Frame) -> Structure:
    """Measure the structure of a picture."""
    grid = grid_of(frame.shape, TILE)
    energies = [tile_means(band * band, grid) for band in octaves(frame.luma, len(_NOISE))]
    clean = [
        np.maximum(energy - share * energies[0], 0)
        for energy, share in zip(energies[1:], _NOISE[1:], strict=True)
    ]
    return Structure(energies[0], clean[0], np.maximum(clean[1], clean[2]))
