"""Everything that is measured of one picture by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.llm.local.colour import Colour, colour_of
from scout_workers.llm.local.exposure import Exposure, exposure_of
from scout_workers.llm.local.glitch import Glitch, glitch_of
from scout_workers.llm.local.haze import Haze, haze_of
from scout_workers.llm.local.obstruction import Shown, shown_in
from scout_workers.llm.local.phash import fingerprint_of
from scout_workers.llm.local.sharpness import sharpness_of
from scout_workers.llm.local.structure import structure_of
from scout_workers.llm.local.view import signature_of

if TYPE_CHECKING:
    from scout_workers.llm.local.frame import Frame
    from scout_workers.llm.local.planes import Plane


@dataclass(frozen=True, slots=True)
class Look:
    """What later pictures are compared with: the part of the measurements references need too.

    Attributes:
        frame: The picture.
        signature: Its edges.
    """

    frame: Frame
    exposure: Exposure
    colour: Colour
    haze: Haze
    shown: Shown
    signature: Plane
    sharpness: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """All measurements of the picture that is described."""

    look: Look
    glitch: Glitch
    fingerprint: int


def look_at(frame: Frame) -> Look:
    """Measure what every picture is measured for."""
    structure = structure_of(frame)
    exposure = exposure_of(frame)
    return Look(
        frame=frame,
        exposure=exposure,
        colour=colour_of(frame),
        haze=haze_of(frame, structure),
        shown=shown_in(frame, structure, exposure),
        signature=signature_of(frame),
        sharpness=sharpness_of(structure),
    )


def measure(frame: Frame) -> Measured:
    """Measure a picture by itself."""
    look = look_at(frame)
    return Measured(look, glitch_of(frame, look.colour), fingerprint_of(frame))
