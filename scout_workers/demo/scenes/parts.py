"""What a scene is put together from: a body, its coat, and how light treats it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scout_workers.demo.scenes.paint import Paint
    from scout_workers.demo.scenes.solids import Solid


class Kind(IntEnum):
    """How a visible point answers to light."""

    SKY = 0
    GROUND = 1  # gets wet and shines
    MATTER = 2
    FOLIAGE = 3  # bright in infrared, lets sun through
    GLASS = 4  # mirrors the sky
    WINDOW = 5  # lit from inside in the evening
    PORCH_LAMP = 6
    STREET_LAMP = 7
    MIRROR = 8  # throws infrared straight back: plates, lights, the eyes of a cat


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One body in the scene.

    Attributes:
        casts: Whether it is big and near enough for its shadow to be worth computing.
    """

    solid: Solid
    paint: Paint
    kind: Kind = Kind.MATTER
    casts: bool = False
