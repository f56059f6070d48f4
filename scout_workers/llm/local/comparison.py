"""A picture held against the camera's earlier ones: the same view or not, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import TYPE_CHECKING

from scout_workers.llm.local.background import background_of, layers_of, shifted
from scout_workers.llm.local.changes import Change, changes_of
from scout_workers.llm.local.view import Likeness, likeness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.llm.local.measured import Look
    from scout_workers.llm.local.obstruction import Shown

_STEADY = 0.025  # of the longest side: less is wind
_SHOWS_LITTLE = 0.60  # share of blank tiles
_ENOUGH_REFERENCES = 2
_VEIL_STEADY, _VEIL_DOUBT = 0.10, 5.0
_LIGHT_STEADY, _LIGHT_DOUBT = 0.15, 2.0
_SHIFT_STEADY, _SHIFT_DOUBT = 0.003, 40.0


class Outcome(Enum):
    """What the earlier pictures are good for."""

    FIRST = "there are none"
    UNUSABLE = "none can be compared"
    SAME = "the view is the same"
    SHIFTED = "the view is the same, but shifted"
    UNLIKE = "they show one view, and this is another"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing found.

    Attributes:
        earlier: What the comparable pictures showed, newest first.
        shift: How far the content moved, where it did: right and down, as fractions.
        haze_before: The least haze score of the comparable pictures.
        sharpness_before: Their least sharpness, where it could be told.
        changes: Regions that changed, largest first.
    """

    outcome: Outcome
    earlier: tuple[Shown, ...] = ()
    shift: tuple[float, float] = (0.0, 0.0)
    haze_before: float | None = None
    sharpness_before: float | None = None
    changes: tuple[Change, ...] = ()


def compare(now: Look, earlier: Sequence[Look]) -> Comparison:
    """Hold a picture against earlier ones of the same camera.

    Args:
        now: The picture.
        earlier: Up to three earlier ones, newest first.
    """
    if not earlier:
        return Comparison(Outcome.FIRST)
    usable = [look for look in earlier if look.frame.shape == now.frame.shape and _shows(look)]
    matched = [(look, likeness(now.signature, look.signature)) for look in usable]
    alike = [(look, like) for look, like in matched if like.same]
    steady = [(look, like) for look, like in alike if like.shift <= _STEADY]
    if steady:
        return _same(now, steady)
    if alike and _shows(now):
        nearest = alike[0][1]
        return Comparison(Outcome.SHIFTED, shift=(nearest.dx, nearest.dy))
    shown = tuple(look.shown for look in usable)
    if _agree(usable):
        return Comparison(Outcome.UNLIKE if _shows(now) else Outcome.UNUSABLE, shown)
    return Comparison(Outcome.UNUSABLE, shown[:1])


def _shows(look: Look) -> bool:
    return float(look.shown.blank.mean()) < _SHOWS_LITTLE and not look.exposure.too_dark


def _agree(looks: Sequence[Look]) -> bool:
    return len(looks) >= _ENOUGH_REFERENCES and all(
        likeness(first.signature, second.signature).same for first, second in combinations(looks, 2)
    )


def _same(now: Look, steady: Sequence[tuple[Look, Likeness]]) -> Comparison:
    current = layers_of(now.frame)
    longest = max(now.frame.shape)
    laid_on = [
        shifted(layers_of(look.frame), round(like.dx * longest), round(like.dy * longest))
        for look, like in steady
    ]
    looks = [look for look, _ in steady]
    colour = not any(look.colour.monochrome for look in (now, *looks))
    background = background_of(current, laid_on)
    return Comparison(
        Outcome.SAME,
        earlier=tuple(look.shown for look in looks),
        haze_before=min(look.haze.score for look in looks),
        sharpness_before=min(
            (look.sharpness for look in looks if look.sharpness is not None), default=None
        ),
        changes=tuple(changes_of(current, background, colour=colour, doubt=_doubt(now, steady))),
    )


def _doubt(now: Look, steady: Sequence[tuple[Look, Likeness]]) -> float:
    """Return how much more than usual must differ to count: fog, light or wind explain much."""
    veil = max(abs(now.haze.veil - look.haze.veil) for look, _ in steady)
    light = max(abs(now.exposure.mean - look.exposure.mean) for look, _ in steady)
    shift = max(like.shift for _, like in steady)
    return (
        1
        + _VEIL_DOUBT * max(0.0, veil - _VEIL_STEADY)
        + _LIGHT_DOUBT * max(0.0, light - _LIGHT_STEADY)
        + _SHIFT_DOUBT * max(0.0, shift - _SHIFT_STEADY)
    )
