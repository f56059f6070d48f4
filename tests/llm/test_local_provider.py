"""The local provider: what it says of a yard by day, by night, in fog, behind paint and broken."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

import fix_yard
import numpy as np
import pytest

from scout_workers import deadline, phases
from scout_workers.domain.calls import Usage
from scout_workers.domain.errors import ErrorClass
from scout_workers.domain.observations import Severity
from scout_workers.domain.profiles import ProfileVersion
from scout_workers.llm import answers
from scout_workers.llm.local import LocalProvider
from scout_workers.llm.local.findings import FLAGS, KINDS
from scout_workers.llm.protocol import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fix_yard import Scene

    from scout_workers.domain.observations import Description
    from scout_workers.llm.protocol import PreparedImage

PROFILE = ProfileVersion(uuid4(), uuid4(), "local", "local-vision-v1", "", "")
COMPLAINTS = {"glitch", "covered", "moved", "fogged", "blurred", "dark", "bright", "changed"}


@cache
def yard(seed: int = 1) -> Scene:
    return fix_yard.yard(seed)


@cache
def earlier(seed: int = 1) -> tuple[PreparedImage, ...]:
    return tuple(fix_yard.sent(fix_yard.noisy(yard(seed), 3, seed=n)) for n in range(3))


def said(scene: Scene, references: tuple[PreparedImage, ...] = ()) -> Description:
    answer = LocalProvider().describe(fix_yard.sent(scene), PROFILE, references)
    return answers.parse(answer.raw)


def complaints(scene: Scene, references: tuple[PreparedImage, ...] = ()) -> set[str]:
    return COMPLAINTS & set(said(scene, references).flags)


FINE: dict[str, Callable[[Scene], Scene]] = {
    "day": lambda scene: scene,
    "noise": lambda scene: fix_yard.noisy(scene, 20),
    "dusk": fix_yard.dusk,
    "infrared": fix_yard.infrared,
    "slightly soft": lambda scene: fix_yard.blurred(scene, 1.2),
    "brighter": lambda scene: scene**0.7,
    "darker": lambda scene: scene**1.4,
    "warmer": lambda scene: np.clip(scene * [1.1, 1.0, 0.85], 0, 1),
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("condition", FINE)
def test_an_ordinary_picture_is_not_complained_about(condition: str, seed: int) -> None:
    scene = FINE[condition](yard(seed))

    assert complaints(scene) == set()
    assert complaints(scene, earlier(seed)) == set()


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("flag", "severity", "scene"),
    [
        ("blurred", Severity.WARNING, lambda yard: fix_yard.blurred(yard, 8)),
        ("blurred", Severity.WARNING, lambda yard: fix_yard.blurred(yard, 14)),
        ("blurred", Severity.WARNING, lambda yard: fix_yard.dusk(fix_yard.blurred(yard, 9))),
        ("blurred", Severity.WARNING, lambda yard: fix_yard.infrared(fix_yard.blurred(yard, 9))),
        ("fogged", Severity.WARNING, lambda yard: fix_yard.fog(yard, 0.3)),
        ("fogged", Severity.WARNING, lambda yard: fix_yard.fog(yard, 0.04)),
        (
            "fogged",
            Severity.WARNING,
            lambda yard: fix_yard.noisy(fix_yard.fog(yard / 2, 0.25, 0.3)),
        ),
        ("dark", Severity.WARNING, lambda yard: fix_yard.night(yard, 0.03)),
        ("bright", Severity.WARNING, lambda yard: np.clip(yard * 6, 0, 1)),
        ("covered", Severity.CRITICAL, lambda _: fix_yard.covered()),
        ("covered", Severity.CRITICAL, lambda _: fix_yard.covered((0.55, 0.25, 0.18))),
    ],
)
def test_what_is_the_matter_is_said_even_of_a_first_picture(
    flag: str, severity: Severity, scene: Callable[[Scene], Scene], seed: int
) -> None:
    answer = said(scene(yard(seed)))

    assert COMPLAINTS & set(answer.flags) == {flag}
    assert answer.severity is severity
    assert flag in answer.observations[0].flags


def test_a_dark_night_is_told_without_alarm() -> None:
    answer = said(fix_yard.night(yard()))

    assert "dark" in answer.flags
    assert answer.severity is Severity.INFO


def test_infrared_is_told_as_a_picture_without_colours() -> None:
    assert "monochrome" in said(fix_yard.infrared(yard())).flags
    assert "monochrome" not in said(fix_yard.dusk(yard())).flags


@pytest.mark.parametrize("paint", [(0.1, 0.1, 0.12), (0.6, 0.1, 0.1)])
def test_a_sprayed_lens_hides_what_was_seen_before(paint: tuple[float, float, float]) -> None:
    answer = said(fix_yard.sprayed(yard(), paint=paint), earlier())

    assert answer.severity in {Severity.CRITICAL, Severity.WARNING}
    assert COMPLAINTS & set(answer.flags) == {"covered"}


def rows_repeated(scene: Scene) -> Scene:
    broken = scene.copy()
    broken[300:] = broken[300]
    return broken


def lower_part_green(scene: Scene) -> Scene:
    broken = scene.copy()
    broken[330:] = (0.0, 0.53, 0.0)
    return broken


def thirds_alike(scene: Scene) -> Scene:
    broken = scene.copy()
    broken[180:360] = broken[:180]
    broken[360:] = broken[:180]
    return broken


def bands_recoloured(scene: Scene) -> Scene:
    broken = scene.copy()
    for top, bottom in ((60, 130), (210, 300), (390, 470)):
        broken[top:bottom] = np.clip(broken[top:bottom] * [0.3, 1.7, 0.6], 0, 1)
    return broken


def bands_shifted(scene: Scene) -> Scene:
    broken = scene.copy()
    for top, bottom, aside in ((90, 150, 160), (200, 260, -130), (330, 420, 210)):
        broken[top:bottom] = np.roll(broken[top:bottom], aside, axis=1)
    return broken


@pytest.mark.parametrize(
    "broken", [rows_repeated, lower_part_green, thirds_alike, bands_recoloured, bands_shifted]
)
def test_a_broken_frame_is_called_broken(broken: Callable[[Scene], Scene]) -> None:
    answer = said(broken(yard()))

    assert COMPLAINTS & set(answer.flags) == {"glitch"}
    assert answer.severity is Severity.WARNING


@pytest.mark.parametrize("box", [(0.10, 0.70, 0.12, 0.22), (0.55, 0.45, 0.04, 0.16)])
@pytest.mark.parametrize(
    ("colour", "tone"), [((0.9, 0.9, 0.92), "lighter"), ((0.05, 0.05, 0.08), "darker")]
)
def test_a_thing_that_came_is_a_region_with_its_place(
    box: tuple[float, float, float, float], colour: tuple[float, float, float], tone: str
) -> None:
    scene = fix_yard.noisy(fix_yard.with_thing(yard(), box, colour))

    answer = said(scene**1.15, earlier())

    seen = answer.observations[0]
    assert answer.severity is Severity.NOTICE
    assert seen.kind == "changed_region"
    assert f"{tone} region" in seen.text
    assert seen.region is not None
    assert abs(seen.region.x - box[0]) < 0.02
    assert abs(seen.region.y - box[1]) < 0.03
    assert abs(seen.region.width - box[2]) < 0.03


def test_a_thing_that_left_is_told_as_gone() -> None:
    there = fix_yard.with_thing(yard(), (0.38, 0.10, 0.06, 0.12), (0.2, 0.2, 0.2))
    before = tuple(fix_yard.sent(fix_yard.noisy(there, 3, seed=n)) for n in range(3))

    assert "is gone" in said(yard(), before).headline


def test_what_stood_in_one_earlier_picture_only_is_no_part_of_the_place() -> None:
    passing = fix_yard.with_thing(yard(), (0.55, 0.45, 0.08, 0.2), (0.9, 0.9, 0.9))
    before = (earlier()[0], fix_yard.sent(passing), earlier()[1])

    assert complaints(yard(), before) == set()


@pytest.mark.parametrize(
    "lit", [fix_yard.dusk, fix_yard.infrared, lambda scene: scene * 0.7, lambda scene: scene**0.75]
)
def test_another_light_is_no_change(lit: Callable[[Scene], Scene]) -> None:
    assert "changed" not in said(lit(yard()), earlier()).flags


def test_wind_at_the_camera_is_no_change_and_no_move() -> None:
    assert complaints(fix_yard.shifted(yard(), 3, 2), earlier()) == set()


def test_a_turned_camera_is_told_with_its_direction() -> None:
    answer = said(fix_yard.shifted(yard(), 60, 0), earlier())

    assert "shifted to the right by about 6 %" in answer.headline
    assert "moved" in answer.flags


def test_another_view_is_told_if_the_earlier_pictures_agree() -> None:
    assert complaints(yard()[:, ::-1], earlier()) == {"moved"}


def test_pictures_that_do_not_agree_among_themselves_accuse_nobody() -> None:
    elsewhere = fix_yard.sent(yard()[::-1])

    answer = said(yard()[:, ::-1], (earlier()[0], elsewhere))

    assert "no_comparison" in answer.flags
    assert COMPLAINTS & set(answer.flags) == set()


def test_the_answer_costs_nothing_and_is_the_same_every_time() -> None:
    image = fix_yard.sent(yard())

    first, second = (LocalProvider().describe(image, PROFILE, earlier()) for _ in range(2))

    assert first.raw == second.raw
    assert first.served_model == LocalProvider.model == "local-vision-v1"
    assert (first.usage, first.cost_microdollars, first.price_source) == (Usage(), 0, "free")


def test_flags_and_kinds_are_out_of_the_vocabulary() -> None:
    for scene in (yard(), fix_yard.fog(yard(), 0.3), fix_yard.covered(), rows_repeated(yard())):
        raw = json.loads(LocalProvider().describe(fix_yard.sent(scene), PROFILE, earlier()).raw)
        assert raw.keys() == {"headline", "severity", "flags", "observations"}
        assert set(raw["flags"]) <= set(FLAGS)
        assert {seen["kind"] for seen in raw["observations"]} <= set(KINDS)


def test_no_measuring_while_a_transaction_is_open() -> None:
    image = fix_yard.sent(yard())
    with phases.holding_transaction(), pytest.raises(phases.TransactionHeldError):
        LocalProvider().describe(image, PROFILE)


def test_measuring_ends_with_the_time_it_was_given() -> None:
    image = fix_yard.sent(yard())
    with deadline.starting(0.001), pytest.raises(deadline.DeadlineExceeded):
        LocalProvider().describe(image, PROFILE, earlier())


def test_another_model_name_is_an_operators_error() -> None:
    profile = ProfileVersion(uuid4(), uuid4(), "local", "local-vision-v9", "", "")

    with pytest.raises(ModelError) as caught:
        LocalProvider().describe(fix_yard.sent(yard()), profile)

    assert caught.value.error_class is ErrorClass.BAD_REQUEST
    assert "'local-vision-v1'" in caught.value.detail


@pytest.mark.parametrize("size", [(16, 16), (17, 400), (1568, 20), (64, 48)])
def test_the_smallest_and_narrowest_pictures_are_measured_too(size: tuple[int, int]) -> None:
    tiny = np.random.default_rng(0).random((size[1], size[0], 3))

    assert said(tiny, (fix_yard.sent(tiny),)).headline
