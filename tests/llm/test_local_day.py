"""The demo's rendered day, told by the local provider: every alarm is due, and none is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from scout_workers.demo.scenes import day, jpeg
from scout_workers.domain.profiles import ProfileVersion
from scout_workers.llm import answers, images
from scout_workers.llm.local import LocalProvider

if TYPE_CHECKING:
    from scout_workers.domain.observations import Description
    from scout_workers.llm.protocol import PreparedImage

PROFILE = ProfileVersion(uuid4(), uuid4(), "local", "local-vision-v1", "", "")
ALARMS = {"glitch", "covered", "moved", "fogged", "blurred", "dark", "bright"}
DUE = {
    "dew on the lens": {"blurred"},
    "fog coming in": {"fogged"},
    "thick fog": {"fogged"},
    "fog lifting": {"fogged"},
    "the lens is sprayed": {"covered"},
    "the lens is covered": {"covered"},
}
VISITED = {
    "a cat on the lawn, infrared",
    "a walker on the driveway",
    "a walker turns to the door",
    "a walker leaves, a parcel stays",
    "a van in the driveway",
    "somebody beside the van",
    "somebody comes close",
    "a walker in the lamp light",
}


# A day is drawn and looked at: half a minute on a slow machine.
pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def told() -> list[tuple[str, Description]]:
    seen: list[PreparedImage] = []
    answered = []
    for moment in day():
        image = images.prepare(jpeg(moment))
        raw = LocalProvider().describe(image, PROFILE, seen[:-4:-1]).raw
        answered.append((moment.note, answers.parse(raw)))
        seen.append(image)
    return answered


def test_the_alarms_of_the_day_are_the_ones_that_are_due(
    told: list[tuple[str, Description]],
) -> None:
    wrong = [
        (note, answer.headline, answer.flags)
        for note, answer in told
        if ALARMS & set(answer.flags) != DUE.get(note, set())
    ]

    assert wrong == []


def test_every_visitor_is_noticed(told: list[tuple[str, Description]]) -> None:
    missed = {note for note, answer in told if note in VISITED and "changed" not in answer.flags}

    assert missed == set()


def test_quiet_hours_are_told_as_quiet(told: list[tuple[str, Description]]) -> None:
    quiet = {"night, infrared", "overcast", "rain", "heavy rain", "clouds"}
    noticed = [note for note, answer in told if note in quiet and "changed" in answer.flags]

    assert len(noticed) <= 2  # a neighbour's window went dark when infrared came on
