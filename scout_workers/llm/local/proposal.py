"""A profile proposed from measurements: the usual light, what stands still, what was marked.

It names no thing, since it sees none: who knows the place puts names to "the lower left".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from scout_workers.llm.local.frame import frame_of
from scout_workers.llm.local.measured import look_at
from scout_workers.llm.local.planes import smoothed
from scout_workers.llm.local.words import place, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.domain.profile_drafts import ProfileFacts
    from scout_workers.llm.local.measured import Look
    from scout_workers.llm.local.planes import Plane
    from scout_workers.llm.protocol import PreparedImage

MODEL = "local-writer-v1"

_GRID = 3
_STILL = 0.06  # of brightness, after each picture's own mean is taken away
_ENOUGH = 3
_MOST_FLAGS = 5
_RESTLESS_FROM = 0.15  # of a cell's pixels


def proposal_text(samples: Sequence[PreparedImage], facts: ProfileFacts) -> str:
    """Return the raw answer of the local provider."""
    looks = [look_at(frame_of(sample)) for sample in samples]
    restless = _restless(looks)
    return json.dumps(
        {
            "instructions": " ".join(_instructions(looks, restless, facts)),
            "reasoning": " ".join(_reasoning(looks, restless, facts)),
        }
    )


def _instructions(
    looks: Sequence[Look], restless: list[str] | None, facts: ProfileFacts
) -> list[str]:
    wish = facts.wishes or facts.instructions or "Anything that is not usually there"
    told = [wish if wish.endswith((".", "!", "?")) else f"{wish}."]
    dark = sum(look.exposure.dark for look in looks)
    grey = sum(look.colour.monochrome for look in looks)
    if dark or grey:
        told.append(
            "Dark pictures and pictures without colours are usual here and no news by themselves."
        )
    if restless:
        told.append(f"Movement {_listed(restless)} is usual.")
    if restless is not None and len(restless) < _GRID * _GRID:
        told.append("What is new anywhere else is worth a notice.")
    told.append("A covered, turned, blurred or blinded lens is a warning at least.")
    return told


def _reasoning(looks: Sequence[Look], restless: list[str] | None, facts: ProfileFacts) -> list[str]:
    means = [look.exposure.mean for look in looks]
    told = [
        (
            f"From {len(looks)} pictures that differ most{_between(facts)}, measured and not "
            f"understood: mean brightness {min(means):.2f} to {max(means):.2f}, "
            f"{sum(look.exposure.dark for look in looks)} of them dark, "
            f"{sum(look.colour.monochrome for look in looks)} without colours."
        )
    ]
    if restless is None:
        told.append("Too few show one view in comparable light to say what stands still.")
    elif restless:
        told.append(f"Between them the picture changes {_listed(restless)}.")
    else:
        told.append("Between them nothing but the light changes.")
    if facts.flags:
        marks = ", ".join(
            f"{flag} {count} times ({share(count / max(1, facts.captures))})"
            for flag, count in facts.flags[:_MOST_FLAGS]
        )
        told.append(f"Marked in {facts.captures} analysed pictures: {marks}.")
    if facts.wishes:
        told.append("The first sentence is the operator's own wish.")
    elif facts.instructions:
        told.append("The first sentence is that of the active version.")
    return told


def _between(facts: ProfileFacts) -> str:
    hours = [hour for hour, _ in facts.hours]
    return f", of pictures taken from {min(hours):02}:00 to {max(hours):02}:59" if hours else ""


def _restless(looks: Sequence[Look]) -> list[str] | None:
    """Return the places where the samples differ by more than their light; None: who knows."""
    shown = [look for look in looks if not (look.exposure.dark or look.exposure.too_dark)]
    shapes = {look.frame.shape for look in shown}
    if len(shown) < _ENOUGH or len(shapes) > 1:
        return None
    planes = [_without_light(look.frame.luma) for look in shown]
    moved = np.ptp(np.stack(planes), axis=0) > _STILL
    height, width = moved.shape
    found = []
    for row in range(_GRID):
        for column in range(_GRID):
            cell = moved[
                row * height // _GRID : (row + 1) * height // _GRID,
                column * width // _GRID : (column + 1) * width // _GRID,
            ]
            if float(cell.mean()) > _RESTLESS_FROM:
                found.append(place(column / _GRID, row / _GRID, 1 / _GRID, 1 / _GRID))
    return found


def _without_light(luma: Plane) -> Plane:
    soft = smoothed(luma)
    spread = float(soft.std()) or 1.0
    result: Plane = (soft - soft.mean()) * np.float32(0.2 / spread)
    return result


def _listed(places: list[str]) -> str:
    return ", ".join(places[:-1]) + f" and {places[-1]}" if len(places) > 1 else places[0]
