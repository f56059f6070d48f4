"""What breaks along rows: broken decoders lose a frame in horizontal bands, the world does not.

cuts      all along one row the colours jump, and nowhere near it
breaks    all along one row the picture stops going on, though it does above and below
smear     many rows are one row repeated
fill      the rest of the picture, down to its lower edge, is one flat grey or green
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from scout_workers.llm.local.frame import Frame
    from scout_workers.llm.local.planes import Mask, Plane

_HAND, _SKIPPED = 4, 1  # rows taken on either side of a row, and left out next to it
_COLOUR_STEP, _LIGHT_STEP, _OVER_TEXTURE = 0.03, 0.04, 3.0
_CUT_FROM, _BREAK_FROM = 0.85, 0.55  # share of the columns that jump
_APART, _NEAR, _ELSEWHERE = 16, 6, 0.75
_SUDDEN = 0.62  # of a step, within the rows left out
_CONTINUED_BELOW, _CONTINUES_FROM, _TEXTURED = 0.2, 0.4, 0.01
_REACH, _LEAST_ASIDE, _TORN_FROM = 1 / 3, 0.02, 0.5  # of the width, twice; a correlation
_DETAIL, _SMALLEST = 41, 64  # pixels
_SAME_ROW, _STRIPED = 0.12, 0.008
_FLAT, _GREY, _MIDDLE, _GREEN = 0.012, 0.03, 0.06, 0.25


class Breaks(NamedTuple):
    """What breaks along rows.

    Attributes:
        cuts: Rows where the colours jump.
        breaks: Rows where the picture does not go on.
        tears: Those of them below which it goes on farther left or right.
        smear: Share of the picture's height that repeats one row.
        fill: Share of its height, at the lower edge, that is one flat grey or green.
    """

    cuts: int
    breaks: int
    tears: int
    smear: float
    fill: float


def breaks_of(frame: Frame) -> Breaks:
    """Look along the rows of a picture for what the world does not do."""
    height, width = frame.shape
    if min(height, width) < _SMALLEST:
        return Breaks(0, 0, 0, 0.0, 0.0)
    red, blue = frame.rgb[..., 0] - frame.luma, frame.rgb[..., 2] - frame.luma
    steps = [_Steps(plane) for plane in (red, blue, frame.luma)]
    colour = (steps[0].jumps(_COLOUR_STEP) | steps[1].jumps(_COLOUR_STEP)).mean(axis=1)
    either = np.maximum(colour, steps[2].jumps(_LIGHT_STEP).mean(axis=1))
    sudden = np.maximum(steps[0].suddenness(), steps[1].suddenness())
    cuts = [row for row in _peaks(colour, _CUT_FROM) if sudden[row] > _SUDDEN]
    breaks = [row for row in _peaks(either, _BREAK_FROM) if _stops(steps[2], row)]
    return Breaks(
        cuts=len(cuts),
        breaks=len(breaks),
        tears=sum(_goes_on_aside(steps[2], row) for row in breaks),
        smear=_smear(frame.luma),
        fill=_fill(frame),
    )


class _Steps:
    """A plane compared with itself across each row: a few rows above with a few below."""

    def __init__(self, plane: Plane) -> None:
        sums = np.pad(plane.cumsum(axis=0, dtype=np.float64), ((1, 0), (0, 0)))
        roughness = np.abs(np.diff(plane, axis=0))
        rough = np.pad(roughness.cumsum(axis=0, dtype=np.float64), ((1, 0), (0, 0)))
        far, rows = _HAND + _SKIPPED, np.arange(_HAND + _SKIPPED, len(plane) - _HAND - _SKIPPED)
        self.above = ((sums[rows - _SKIPPED] - sums[rows - far]) / _HAND).astype(np.float32)
        self.below = ((sums[rows + far] - sums[rows + _SKIPPED]) / _HAND).astype(np.float32)
        texture = rough[rows - _SKIPPED - 1] - rough[rows - far]
        texture += rough[rows + far - 1] - rough[rows + _SKIPPED]
        self._texture = (texture / (2 * (_HAND - 1))).astype(np.float32)
        self._within = plane[rows + _SKIPPED] - plane[rows - _SKIPPED - 1]
        self._detail: tuple[Plane, Plane] | None = None

    def jumps(self, least: float) -> Mask:
        """Return where the step is far greater than the texture on either side."""
        step = np.abs(self.below - self.above)
        result: Mask = (step > least) & (step > _OVER_TEXTURE * self._texture)
        return result

    def suddenness(self) -> Plane:
        """Return how much of each row's step happens at the row itself."""
        step = np.median(np.abs(self.below - self.above), axis=1)
        result: Plane = np.median(np.abs(self._within), axis=1) / (step + np.float32(1e-4))
        return result

    def going_on(self) -> tuple[Plane, Plane]:
        """Return how well the detail above each row goes on below it, and how much there is."""
        if self._detail is None:
            above, below = _detail(self.above), _detail(self.below)
            energies = (above * above).mean(axis=1), (below * below).mean(axis=1)
            product = (above * below).mean(axis=1)
            self._detail = (
                product / (np.sqrt(energies[0] * energies[1]) + np.float32(1e-7)),
                np.sqrt(np.minimum(*energies)),
            )
        return self._detail


def _detail(rows: Plane) -> Plane:
    """Take the slow change along each row away."""
    side = _DETAIL // 2
    padded = np.pad(rows, ((0, 0), (side + 1, side)), mode="edge").cumsum(axis=1, dtype=np.float64)
    result: Plane = rows - ((padded[:, _DETAIL:] - padded[:, :-_DETAIL]) / _DETAIL).astype(
        np.float32
    )
    return result


def _peaks(shares: Plane, least: float) -> list[int]:
    """Return the rows where a share peaks and that stand alone, strongest first."""
    left, found = shares.copy(), []
    while left.size and left.max() >= least:
        row = int(left.argmax())
        left[max(0, row - _APART) : row + _APART + 1] = 0
        around = max(shares[max(0, row - _NEAR)], shares[min(len(shares) - 1, row + _NEAR)])
        if around < _ELSEWHERE * shares[row]:
            found.append(row)
    return found


def _stops(light: _Steps, row: int) -> bool:
    """Tell whether the picture stops at this row, though it goes on right above or below."""
    continued, detail = light.going_on()
    return bool(
        detail[row] > _TEXTURED
        and continued[max(0, row - 1) : row + 2].min() < _CONTINUED_BELOW
        and continued[max(0, row - _NEAR) : row + _NEAR + 1].max() > _CONTINUES_FROM
    )


def _goes_on_aside(light: _Steps, row: int) -> bool:
    """Tell whether what stands above a row goes on below it, but farther left or right."""
    above, below = _detail(light.above[row : row + 1])[0], _detail(light.below[row : row + 1])[0]
    width, reach = len(above), int(_REACH * len(above))
    spectrum = np.conj(np.fft.rfft(above, 2 * width)) * np.fft.rfft(below, 2 * width)
    products = np.roll(np.fft.irfft(spectrum, 2 * width), reach)[: 2 * reach + 1]
    aside = int(products.argmax()) - reach
    left, right = above[max(0, -aside) : width - aside], below[max(0, aside) : width + aside]
    energy = float((left * left).sum() * (right * right).sum())
    alike = float(products.max()) / (energy**0.5 + 1e-9)
    return abs(aside) > _LEAST_ASIDE * width and alike > _TORN_FROM


def _smear(luma: Plane) -> float:
    """Return the longest run of rows that only repeat one striped row, as a share of all."""
    down = np.abs(np.diff(luma, axis=0)).mean(axis=1)
    across = np.abs(np.diff(luma, axis=1)).mean(axis=1)[1:]
    same = (down < _SAME_ROW * across) & (across > _STRIPED)
    longest = run = 0
    for repeated in same.tolist():
        run = run + 1 if repeated else 0
        longest = max(longest, run)
    return longest / len(luma)


def _fill(frame: Frame) -> float:
    """Return how much of the height, from below, is the grey or green of a missing picture."""
    colour = np.median(frame.rgb[-3:].reshape(-1, 3), axis=0)
    grey = np.ptp(colour) < _GREY and abs(float(colour.mean()) - 0.5) < _MIDDLE
    green = colour[1] - max(colour[0], colour[2]) > _GREEN
    if not (grey or green):
        return 0.0
    off = (np.abs(frame.rgb - colour).max(axis=2) > _FLAT).mean(axis=1)
    other = np.flatnonzero(off > _FLAT)
    return 1.0 if not len(other) else float(1 - (other[-1] + 1) / len(off))
