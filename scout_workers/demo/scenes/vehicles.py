"""The parcel van that comes and goes, and the neighbour's car that never leaves."""

from __future__ import annotations

from scout_workers.demo.scenes.paint import plain
from scout_workers.demo.scenes.parts import Kind, Part
from scout_workers.demo.scenes.solids import Convex, box, cut, drum

_WHITE = plain((0.66, 0.67, 0.67), mottle=0.015)
_STRIPE = plain((0.55, 0.16, 0.03))
_BLACK = plain((0.022, 0.022, 0.024))
_TYRE = plain((0.018, 0.018, 0.019))
_RIM = plain((0.30, 0.30, 0.31))
_PANE = plain((0.020, 0.024, 0.030))
_RED = plain((0.34, 0.012, 0.010))
_PLATE = plain((0.62, 0.60, 0.50))


def _van_body(x: float, y: float) -> Convex:
    left, right = x - 1.0, x + 1.0
    shell = box((left, y, 0.32), (right, y + 5.6, 2.42))
    return cut(
        shell,
        [
            ((x, y + 4.55, 2.42), (0.0, 0.62, 0.72)),  # windscreen
            ((x, y + 5.6, 1.05), (0.0, 0.45, 0.95)),  # bonnet
            ((left, y, 1.25), (-1.0, 0.0, 0.085)),  # flanks lean in
            ((right, y, 1.25), (1.0, 0.0, 0.085)),
            ((left + 0.12, y, 2.42), (-0.75, 0.0, 1.0)),  # rounded roof edges
            ((right - 0.12, y, 2.42), (0.75, 0.0, 1.0)),
            ((x, y, 2.30), (0.0, -0.8, 1.0)),
        ],
    )


def van(x: float, y: float) -> list[Part]:
    """Make a white panel van seen from behind, its rear bumper at (x, y), nose to the street."""
    parts = [Part(_van_body(x, y), _WHITE, casts=True)]
    parts += [
        Part(drum((x + side * 0.88, y + way, 0.34), 0.34, 0.24, axis=0), _TYRE)
        for side in (-1, 1)
        for way in (0.95, 4.55)
    ]
    parts += [
        Part(drum((x + side * 0.9, y + way, 0.34), 0.19, 0.25, axis=0), _RIM)
        for side in (-1, 1)
        for way in (0.95, 4.55)
    ]
    parts += [
        Part(box((x - 1.0, y - 0.06, 0.36), (x + 1.0, y + 0.05, 0.58)), _BLACK),
        Part(box((x - 0.012, y - 0.012, 0.58), (x + 0.012, y + 0.05, 2.2)), _BLACK),
        Part(box((x - 0.82, y - 0.02, 1.42), (x - 0.10, y + 0.1, 2.02)), _PANE, Kind.GLASS),
        Part(box((x + 0.10, y - 0.02, 1.42), (x + 0.82, y + 0.1, 2.02)), _PANE, Kind.GLASS),
        Part(box((x - 0.99, y - 0.03, 0.72), (x - 0.86, y + 0.1, 1.28)), _RED, Kind.MIRROR),
        Part(box((x + 0.86, y - 0.03, 0.72), (x + 0.99, y + 0.1, 1.28)), _RED, Kind.MIRROR),
        Part(box((x - 0.28, y - 0.03, 0.66), (x + 0.28, y + 0.1, 0.80)), _PLATE, Kind.MIRROR),
        Part(box((x - 0.86, y - 0.015, 1.02), (x + 0.86, y + 0.1, 1.20)), _STRIPE),
        Part(box((x - 1.01, y + 0.3, 0.98), (x + 1.01, y + 3.6, 1.20)), _STRIPE),
        Part(box((x - 1.22, y + 4.25, 1.25), (x - 1.02, y + 4.4, 1.62)), _BLACK),
        Part(box((x + 1.02, y + 4.25, 1.25), (x + 1.22, y + 4.4, 1.62)), _BLACK),
    ]
    return parts


def parked_car(x: float, y: float) -> list[Part]:
    """Make a hatchback at the far kerb, its tail at `x`, seen from the side."""
    paint = plain((0.035, 0.075, 0.16), mottle=0.01)
    near, far = y, y + 1.7
    lower = cut(
        box((x, near, 0.25), (x + 4.1, far, 0.95)),
        [((x + 4.1, near, 0.72), (0.55, 0.0, 1.0)), ((x, near, 0.85), (-0.6, 0.0, 1.0))],
    )
    cabin = cut(
        box((x + 0.25, near + 0.12, 0.9), (x + 3.1, far - 0.12, 1.47)),
        [
            ((x + 2.3, near, 1.47), (0.55, 0.0, 0.8)),
            ((x + 0.5, near, 1.47), (-0.85, 0.0, 0.5)),
            ((x, near + 0.26, 1.47), (0.0, -1.0, 0.42)),
        ],
    )
    glass = cut(
        box((x + 0.55, near + 0.10, 0.98), (x + 2.75, far - 0.10, 1.40)),
        [
            ((x + 2.2, near, 1.40), (0.55, 0.0, 0.8)),
            ((x + 0.65, near, 1.40), (-0.85, 0.0, 0.5)),
            ((x, near + 0.25, 1.47), (0.0, -1.0, 0.42)),
        ],
    )
    parts = [
        Part(lower, paint),
        Part(cabin, paint),
        Part(glass, _PANE, Kind.GLASS),
        Part(box((x + 1.55, near + 0.09, 0.9), (x + 1.63, near + 0.3, 1.45)), paint),
    ]
    for way in (0.8, 3.3):
        parts.append(Part(drum((x + way, near + 0.1, 0.31), 0.31, 0.24, axis=1), _TYRE))
        parts.append(Part(drum((x + way, near + 0.08, 0.31), 0.18, 0.25, axis=1), _RIM))
    return parts
