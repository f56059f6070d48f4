"""Whether two pictures show the same view, and how far one is shifted against the other.

Compared are edges, wherever they run, each measured against the edges around it: light, contrast
and even a switch to infrared change little of that. Measured over the pictures named in
docs/local-provider.md, pictures of one view score 0.4 to 1.0 and of different views at most 0.12.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scout_workers.llm.local.planes import Plane, box_means, halved

if TYPE_CHECKING:
    from scout_workers.llm.local.frame import Frame

_REACH = 12  # pixels of a signature: a tenth of the picture's longest side
_SAME_FROM = 0.30
_WEAKEST_EDGE = 0.01
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two views are, as correlations of -1 to 1.

    Attributes:
        in_place: Lying on one another as they are.
        shifted: At the shift that suits best.
        dx: That shift, as a fraction of the longest side; positive: the content of the first
            lies farther right.
        dy: Likewise; positive: farther down.
    """

    in_place: float
    shifted: float
    dx: float
    dy: float

    @property
    def same(self) -> bool:
        """The two show the same view, perhaps shifted."""
        return self.shifted >= _SAME_FROM

    @property
    def shift(self) -> float:
        """How far, as a fraction of the longest side."""
        return max(abs(self.dx), abs(self.dy))


def signature_of(frame: Frame) -> Plane:
    """Return the edges of a picture at a quarter of the working size, with a mean of 0."""
    small = halved(halved(frame.luma))
    across, down = np.zeros_like(small), np.zeros_like(small)
    across[:, 1:-1] = small[:, 2:] - small[:, :-2]
    down[1:-1] = small[2:] - small[:-2]
    edges = np.hypot(across, down)
    relative = edges / (box_means(edges, 6) + np.float32(_WEAKEST_EDGE))
    result: Plane = relative - relative.mean()
    return result


def likeness(first: Plane, second: Plane) -> Likeness:
    """Compare two signatures of one shape, in place and at every shift within reach."""
    height, width = first.shape
    padded = (height + 2 * _REACH, width + 2 * _REACH)
    spectrum = np.fft.rfft2(first, padded) * np.conj(np.fft.rfft2(second, padded))
    products = np.roll(np.fft.irfft2(spectrum, padded), (_REACH, _REACH), (0, 1))
    span = 2 * _REACH + 1
    scores = products[:span, :span] / (
        np.sqrt(float((first * first).sum()) * float((second * second).sum())) + _NOTHING
    )
    row, column = divmod(int(scores.argmax()), span)
    longest = max(height, width)
    return Likeness(
        in_place=float(scores[_REACH, _REACH]),
        shifted=float(scores[row, column]),
        dx=(column - _REACH + _between(scores[row], column)) / longest,
        dy=(row - _REACH + _between(scores[:, column], row)) / longest,
    )


def _between(scores: Plane, peak: int) -> float:
    """Return how far beside its highest sample a row of scores has its summit, -0.5 to 0.5."""
    if not 0 < peak < len(scores) - 1:
        return 0.0
    left, middle, right = (float(score) for score in scores[peak - 1 : peak + 2])
    curve = left - 2 * middle + right
    return 0.0 if curve >= 0 else max(-0.5, min(0.5, (left - right) / (2 * curve)))
