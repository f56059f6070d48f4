"""Whether a frame is broken: decoded from damaged or mismatched data.

No single sign is proof (a house has level lines, a hedge is green), so signs are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.llm.local.repetition import repetition_of
from scout_workers.llm.local.rows import Breaks, breaks_of

if TYPE_CHECKING:
    from scout_workers.llm.local.colour import Colour
    from scout_workers.llm.local.frame import Frame

_PROOF = 2
_SOME_CUTS, _MANY_CUTS = 2, 3
_MANY_BREAKS = 4
_ONE_TEAR, _MANY_TEARS = 1, 2
_SOME_REPETITION, _PLAIN_REPETITION = 0.33, 0.55
_WILD, _WILD_GREEN = 0.25, 0.10
_BAND = 0.12


@dataclass(frozen=True, slots=True)
class Glitch:
    """The signs of a broken frame.

    Attributes:
        breaks: What breaks along rows.
        repetition: How well the picture lies on itself, moved down.
        wild: Much of it is of nearly pure colours, green among them.
    """

    breaks: Breaks
    repetition: float
    wild: bool

    @property
    def signs(self) -> dict[str, int]:
        """What was found, in words, and how much each counts."""
        rows = self.breaks
        found = {
            "bands of different colours": (rows.cuts >= _SOME_CUTS) + (rows.cuts >= _MANY_CUTS),
            "rows where the picture does not go on": int(rows.breaks >= _MANY_BREAKS),
            "bands shifted sideways": (rows.tears >= _ONE_TEAR) + (rows.tears >= _MANY_TEARS),
            "the same picture several times, one below the other": (
                self.repetition > _SOME_REPETITION
            )
            + (self.repetition > _PLAIN_REPETITION),
            "garish colours": int(self.wild),
            "one row drawn out downwards": _PROOF * (rows.smear > _BAND),
            "a flat fill in its lower part": _PROOF * (rows.fill > _BAND),
        }
        return {words: count for words, count in found.items() if count}

    @property
    def broken(self) -> bool:
        """The signs suffice."""
        return sum(self.signs.values()) >= _PROOF


def glitch_of(frame: Frame, colour: Colour) -> Glitch:
    """Look for the signs of a broken frame."""
    return Glitch(
        breaks=breaks_of(frame),
        repetition=repetition_of(frame),
        wild=colour.vivid > _WILD and colour.vivid_green > _WILD_GREEN,
    )
