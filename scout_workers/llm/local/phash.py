"""A 64-bit fingerprint of what a picture looks like: near pictures have near fingerprints.

The signs of the lowest frequencies (DCT) of the picture at 32 x 32, against their median. Scale,
compression, brightness and contrast hardly touch it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from scout_workers.llm.local.frame import Frame

_SIDE, _KEPT = 32, 8
_STEPS = np.arange(_SIDE)
_COSINES = np.cos(np.pi * np.outer(np.arange(_KEPT), 2 * _STEPS + 1) / (2 * _SIDE))


def fingerprint_of(frame: Frame) -> int:
    """Return the fingerprint of a picture, 64 bits."""
    small = Image.fromarray(frame.luma).resize((_SIDE, _SIDE), Image.Resampling.BOX)
    waves = (_COSINES @ np.asarray(small, dtype=np.float64) @ _COSINES.T).ravel()
    bits = waves > np.median(waves[1:])
    return int("".join("1" if bit else "0" for bit in bits), 2)


def distance(first: int, second: int) -> int:
    """Return in how many of their 64 bits two fingerprints differ."""
    return (first ^ second).bit_count()
