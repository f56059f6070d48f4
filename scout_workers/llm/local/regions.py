"""Connected parts of a mask: few, joined over small gaps, as boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scout_workers.llm.local.planes import Mask

Labels = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Part:
    """One connected part of a mask.

    Attributes:
        label: Its number in the labels it came with.
        area: Its pixels.
        top: First row.
        bottom: The row after its last.
        left: First column.
        right: The column after its last.
    """

    label: int
    area: int
    top: int
    bottom: int
    left: int
    right: int

    @property
    def box(self) -> tuple[slice, slice]:
        """Rows and columns, to index a plane with."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def grown(mask: Mask, radius: int) -> Mask:
    """Return the mask with everything within `radius` rows and columns of it."""
    for _ in range(radius):
        padded = np.pad(mask, 1)
        tall = padded[:-2] | padded[1:-1] | padded[2:]
        mask = tall[:, :-2] | tall[:, 1:-1] | tall[:, 2:]
    return mask


def labelled(mask: Mask) -> tuple[Labels, list[Part]]:
    """Number the connected parts of a mask (neighbours side by side or corner to corner).

    Rows are taken run by run; runs that touch one in the row above are the same part.

    Returns:
        The number of each pixel's part, 0 outside, and the parts, largest first.
    """
    runs, parents = _runs(mask), [0]
    above: list[tuple[int, int, int]] = []
    found: list[tuple[int, int, int, int]] = []
    row_before = -1
    current: list[tuple[int, int, int]] = []
    for row, start, end in runs:
        if row != row_before:
            above = current if row == row_before + 1 else []
            current, row_before = [], row
        touching = {_root(parents, other) for s, e, other in above if s <= end and start <= e}
        label = min(touching, default=len(parents))
        if not touching:
            parents.append(label)
        for other in touching:
            parents[other] = label
        current.append((start, end, label))
        found.append((row, start, end, label))
    return _drawn(mask.shape, found, parents)


def _runs(mask: Mask) -> list[tuple[int, int, int]]:
    """Return each row's stretches of set pixels: row, first column, the column after the last."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    return list(zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True))


def _root(parents: list[int], label: int) -> int:
    while parents[label] != label:
        parents[label] = parents[parents[label]]
        label = parents[label]
    return label


def _drawn(
    shape: tuple[int, ...], found: list[tuple[int, int, int, int]], parents: list[int]
) -> tuple[Labels, list[Part]]:
    labels = np.zeros(shape, dtype=np.int32)
    parts: dict[int, Part] = {}
    for row, start, end, label in found:
        root = _root(parents, label)
        labels[row, start:end] = root
        part = parts.get(root)
        if part is None:
            parts[root] = Part(root, end - start, row, row + 1, start, end)
        else:
            parts[root] = Part(
                root,
                part.area + end - start,
                part.top,
                row + 1,
                min(part.left, start),
                max(part.right, end),
            )
    return labels, sorted(parts.values(), key=lambda part: (-part.area, part.top, part.left))
