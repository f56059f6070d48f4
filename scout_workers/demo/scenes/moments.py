"""One day of the yard camera: when it takes a picture, and what is the matter then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Lens(Enum):
    """What somebody or something did to the glass."""

    CLEAR = "clear"
    MISTED = "misted"  # dew: nothing is sharp
    SPRAYED = "sprayed"  # paint over most of it
    COVERED = "covered"  # a cloth over all of it


class Visitor(Enum):
    """What comes into the yard."""

    WALKER = "walker"
    VAN = "van"
    CAT = "cat"
    PARCEL = "parcel"


@dataclass(frozen=True, slots=True)
class Sight:
    """A visitor at a place.

    Attributes:
        x: Metres to the right.
        y: Metres away from the camera.
        heading: Degrees, 0 away from the camera, 90 to the right.
        stride: Where in a step a walker is, -1 to 1.
    """

    who: Visitor
    x: float
    y: float
    heading: float = 0.0
    stride: float = 0.0


@dataclass(frozen=True, slots=True)
class Moment:
    """One picture to be taken.

    Attributes:
        at: Local time of the camera, without a zone as cameras have it.
        clouds: 0 clear to 1 overcast.
        fog: Extinction per metre; 0.003 is haze, 0.1 hides the street.
        rain: 0 none to 1 heavy; `wet` is what it leaves on the ground.
        infrared: The camera has switched to its own infrared lamps.
        porch: The porch lamp is on.
        note: What a person would say of it, for tests and for whoever tunes a provider.
    """

    at: datetime
    note: str
    clouds: float = 0.25
    fog: float = 0.0012
    rain: float = 0.0
    wet: float = 0.0
    infrared: bool = False
    porch: bool = False
    lens: Lens = Lens.CLEAR
    sights: tuple[Sight, ...] = ()
    seed: int = 0

    @property
    def name(self) -> str:
        """The file's name, as cameras export it."""
        return f"yard_{self.at:%Y%m%dT%H%M%S}.jpg"
