"""Measurements in words: what an honest person would say who sees shapes and no things."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scout_workers.llm.local.changes import Change

_LARGE, _MEDIUM = 0.03, 0.006  # of the picture
_PLAINLY = 0.04  # of brightness
_CAME, _WENT = 0.08, -0.25
_ROWS, _COLUMNS = ("upper", "centre", "lower"), ("left", "centre", "right")
_PLACES = {"centre centre": "in the centre", "upper centre": "at the top"}
_PLACES |= {"lower centre": "at the bottom"}


def place(x: float, y: float, width: float, height: float) -> str:
    """Return where the middle of a box lies: "lower left", "centre right", "in the centre"."""
    row = _ROWS[min(2, int(3 * (y + height / 2)))]
    column = _COLUMNS[min(2, int(3 * (x + width / 2)))]
    return _PLACES.get(f"{row} {column}", f"{row} {column}")


def size(area: float) -> str:
    """Return a word for a share of the picture."""
    if area >= _LARGE:
        return "large"
    return "medium-sized" if area >= _MEDIUM else "small"


def share(fraction: float) -> str:
    """Return a share as people say it: "about 6 %", "less than 1 %"."""
    percent = 100 * fraction
    if percent < 1:
        return "less than 1 %"
    return f"about {percent:.0f} %"


def direction(dx: float, dy: float) -> str:
    """Return which way and how far content moved, fractions of the longest side to the right, down.

    The larger of the two is told.
    """
    far = max(abs(dx), abs(dy))
    if abs(dx) >= abs(dy):
        way = "to the right" if dx > 0 else "to the left"
    else:
        way = "down" if dy > 0 else "up"
    return f"{way} by {share(far)} of the picture"


def change(seen: Change) -> str:
    """Return what a changed region is and did, without naming any thing."""
    where = place(seen.x, seen.y, seen.width, seen.height)
    how_large = size(seen.area)
    tone = tone_of(seen.lighter)
    if seen.only_light:
        return (
            f"light changed {where}: a {how_large} region is {tone} than before, its texture kept"
        )
    if seen.news <= _WENT:
        return (
            f"{how_large} region that stood out {where} is gone ({share(seen.area)} of the picture)"
        )
    verb = "appeared" if seen.news >= _CAME else "changed"
    return f"{how_large} {tone} region {verb} {where} ({share(seen.area)} of the picture)"


def tone_of(lighter: float) -> str:
    """Return how the brightness changed."""
    if abs(lighter) < _PLAINLY:
        return "differently coloured"
    return "lighter" if lighter > 0 else "darker"
