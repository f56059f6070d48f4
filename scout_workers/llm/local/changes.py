"""Which regions changed against the camera's earlier pictures, and which of that is only light.

Connected pixels that differ make a region. One that kept its texture and only became lighter or
darker is a patch of light or shadow; what differs far more within such a patch is looked at by
itself, since people have shadows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scout_workers.llm.local.difference import difference_of
from scout_workers.llm.local.light import edges_in, kept_texture
from scout_workers.llm.local.planes import Mask, Plane, box_means, halved
from scout_workers.llm.local.regions import Part, grown, labelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.llm.local.background import Background, Layers

_STRONG = 1.6  # times the doubt
_GAP = 2  # half-size pixels that regions are joined across
_DENSE = 0.4  # of a pixel's neighbours differ too, or it is a speck
_LEAST_AREA, _LEAST_EVIDENCE = 0.0005, 0.0011  # of the picture; the latter times strength
_CAPTION_EDGE, _CAPTION_HEIGHT, _CAPTION_AREA = 0.09, 0.06, 0.006
_FAINT = 0.01
_SPARSE, _NO_NEWS = 0.2, 0.12


@dataclass(frozen=True, slots=True)
class Change:
    """A region that differs from the earlier pictures.

    Attributes:
        x: Left edge, as a fraction of the picture's width.
        y: Top edge, as a fraction of its height.
        width: As a fraction of the picture's width.
        height: As a fraction of its height.
        area: Share of the picture that changed within the box.
        lighter: Mean change of brightness, -1 to 1.
        news: How much more stands out there than before, -1 to 1: above 0 something came,
            below 0 something went.
        strength: The middle difference, as a multiple of what doubt allows.
        only_light: Its texture is what it was: light or shadow.
    """

    x: float
    y: float
    width: float
    height: float
    area: float
    lighter: float
    news: float
    strength: float
    only_light: bool


def changes_of(
    current: Layers, background: Background, *, colour: bool, doubt: float = 1.0
) -> list[Change]:
    """Find the regions that changed, largest first.

    Args:
        current: The new picture.
        background: The usual one, in the same light.
        colour: Whether both have colours that can be compared.
        doubt: How much more than usual a difference must be to count.
    """
    scene = _Scene(
        current,
        background.layers,
        halved(difference_of(current, background, colour=colour, doubt=doubt)),
    )
    found = [change for change in _seen(scene) if not _is_caption(change)]
    return sorted(found, key=lambda change: (-change.area, change.y, change.x))


@dataclass(frozen=True, slots=True)
class _Scene:
    """The new picture, the usual one, and their difference at half their size."""

    now: Layers
    usual: Layers
    difference: Plane


def _seen(scene: _Scene) -> Iterator[Change]:
    for part, inside in _parts(scene.difference > 1):
        change = _described(scene, part, inside)
        if not change.only_light:
            if _counts(change):
                yield change
            continue
        things = [
            thing
            for inner, core in _parts(_placed(part, inside, scene) & (scene.difference > _STRONG))
            if not (thing := _described(scene, inner, core)).only_light and _counts(thing)
        ]
        yield from things
        if not things:
            yield change


def _parts(mask: Mask) -> Iterator[tuple[Part, Mask]]:
    """Yield each part of a mask, joined over small gaps, with its own pixels in its box."""
    dense = mask & (box_means(mask.astype(np.float32), 1) > _DENSE)
    labels, parts = labelled(grown(dense, _GAP))
    for part in parts:
        inside = dense[part.box] & (labels[part.box] == part.label)
        if inside.sum() >= _LEAST_AREA * mask.size:
            yield _trimmed(part, inside)


def _trimmed(part: Part, inside: Mask) -> tuple[Part, Mask]:
    rows, columns = np.nonzero(inside)
    top, bottom = int(rows.min()), int(rows.max()) + 1
    left, right = int(columns.min()), int(columns.max()) + 1
    close = Part(
        part.label,
        len(rows),
        part.top + top,
        part.top + bottom,
        part.left + left,
        part.left + right,
    )
    return close, inside[top:bottom, left:right]


def _placed(part: Part, inside: Mask, scene: _Scene) -> Mask:
    whole = np.zeros(scene.difference.shape, dtype=bool)
    whole[part.box] = inside
    return whole


def _described(scene: _Scene, part: Part, inside: Mask) -> Change:
    height, width = scene.difference.shape
    box = (slice(2 * part.top, 2 * part.bottom), slice(2 * part.left, 2 * part.right))
    whole = inside.repeat(2, axis=0).repeat(2, axis=1)
    now, before = scene.now.luma[box], scene.usual.luma[box]
    edges_now, edges_before = edges_in(scene.now, box), edges_in(scene.usual, box)
    news = (edges_now - edges_before) / max(edges_now, edges_before, _FAINT)
    sparse = part.area < _SPARSE * inside.size and abs(news) < _NO_NEWS
    return Change(
        x=part.left / width,
        y=part.top / height,
        width=(part.right - part.left) / width,
        height=(part.bottom - part.top) / height,
        area=part.area / scene.difference.size,
        lighter=float((now - before)[whole].mean()),
        news=news,
        strength=float(np.median(scene.difference[part.box][inside])),
        only_light=sparse or kept_texture(now, before, whole),
    )


def _counts(change: Change) -> bool:
    return change.area * change.strength >= _LEAST_EVIDENCE and change.strength >= _STRONG


def _is_caption(change: Change) -> bool:
    """Tell the clock and the name that cameras write along the upper or lower edge."""
    at_edge = change.y < _CAPTION_EDGE or change.y + change.height > 1 - _CAPTION_EDGE
    return at_edge and change.height < _CAPTION_HEIGHT and change.area < _CAPTION_AREA
