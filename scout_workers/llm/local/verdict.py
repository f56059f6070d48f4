"""From measurements to findings: what is said of a picture, what is not, and how grave it is.

Each rule stands by itself; what one finding makes meaningless is left out here. A broken frame is
not called foggy, and nothing is said to have changed behind paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.domain.observations import Region, Severity
from scout_workers.llm.local import words
from scout_workers.llm.local.comparison import Outcome
from scout_workers.llm.local.findings import Finding, sure
from scout_workers.llm.local.sharpness import BLURRED_BELOW, blurred

if TYPE_CHECKING:
    from scout_workers.llm.local.changes import Change
    from scout_workers.llm.local.comparison import Comparison
    from scout_workers.llm.local.measured import Look, Measured
    from scout_workers.llm.local.obstruction import Obstruction

_MOST_REGIONS = 6
_MUCH = 0.35  # of the picture
_PALE, _NEUTRAL = 0.35, 0.06


def findings_of(
    measured: Measured, comparison: Comparison, obstruction: Obstruction
) -> list[Finding]:
    """Say what is the matter with a picture and what changed in it, gravest rules first."""
    look = measured.look
    if measured.glitch.broken:
        return [_broken(measured)]
    if look.exposure.too_dark:
        return [_too_dark(look)]
    if look.exposure.burnt_out:
        return [_burnt_out(look)]
    if obstruction.whole:
        return [_nothing_seen(look, obstruction)]
    found = _fogged(look, comparison)
    if not look.haze.thick:
        found += _blurred(look, comparison)
    if not found and not (comparison.outcome is Outcome.UNLIKE and not obstruction.largely):
        found += _hidden(obstruction)
    if not found:
        found += _moved(comparison)
    if not any("blurred" in each.flags or "covered" in each.flags for each in found):
        found += _changed(comparison)
    return found


def _broken(measured: Measured) -> Finding:
    signs = measured.glitch.signs
    return Finding(
        "broken_frame",
        f"the frame is broken: {', '.join(signs)}",
        Severity.WARNING,
        sure(sum(signs.values()), 1, 5),
        ("glitch",),
    )


def _too_dark(look: Look) -> Finding:
    return Finding(
        "exposure",
        "too dark to make anything out: there is no light, or the lens is covered",
        Severity.WARNING,
        sure(0.07 - look.exposure.high, 0, 0.04),
        ("dark",),
    )


def _burnt_out(look: Look) -> Finding:
    return Finding(
        "exposure",
        f"burnt out: {words.share(look.exposure.white)} of the picture is pure white",
        Severity.WARNING,
        sure(look.exposure.white, 0.7, 0.9),
        ("bright",),
    )


def _nothing_seen(look: Look, obstruction: Obstruction) -> Finding:
    confidence = sure(obstruction.blank, 0.88, 1)
    if look.exposure.mean > _PALE and look.colour.tint < _NEUTRAL:
        return Finding(
            "haze",
            "hardly anything but an even pale grey: thick fog, or something right before the lens",
            Severity.WARNING,
            confidence,
            ("fogged",),
        )
    return Finding(
        "obstruction",
        "the lens looks covered: hardly anything but one even shade is to be seen",
        Severity.CRITICAL,
        confidence,
        ("covered",),
    )


def _fogged(look: Look, comparison: Comparison) -> list[Finding]:
    before = comparison.haze_before
    if not look.haze.fogged and (before is None or not look.haze.thicker_than(before)):
        return []
    how = "thick fog or a misted lens: little is left" if look.haze.thick else "fog, haze or mist"
    return [
        Finding(
            "haze",
            f"{how} lies over the view" if not look.haze.thick else f"{how} of the view",
            Severity.WARNING,
            sure(look.haze.score, 0.28, 0.6),
            ("fogged",),
        )
    ]


def _blurred(look: Look, comparison: Comparison) -> list[Finding]:
    if look.sharpness is None or not blurred(look.sharpness, comparison.sharpness_before):
        return []
    by_itself = look.sharpness < BLURRED_BELOW
    return [
        Finding(
            "focus",
            "blurred all over: no part of the picture is sharp"
            if by_itself
            else "blurred: no part of the picture is as sharp as in the earlier ones",
            Severity.WARNING,
            sure(BLURRED_BELOW - look.sharpness, 0, BLURRED_BELOW * 0.7),
            ("blurred",),
        )
    ]


def _hidden(obstruction: Obstruction) -> list[Finding]:
    if not (obstruction.partly or obstruction.largely):
        return []
    if obstruction.partly:
        how_much = f"{words.share(obstruction.hidden)} of what was to be seen before is hidden"
    else:
        how_much = f"{words.share(obstruction.patch)} of the picture is one blank dark patch"
    return [
        Finding(
            "obstruction",
            f"{how_much} by something without detail, on the lens or close to it",
            Severity.CRITICAL if obstruction.largely else Severity.WARNING,
            sure(max(obstruction.hidden, obstruction.patch), 0.15, 0.6),
            ("covered",),
        )
    ]


def _moved(comparison: Comparison) -> list[Finding]:
    if comparison.outcome is Outcome.SHIFTED:
        dx, dy = comparison.shift
        text = f"the view has shifted {words.direction(dx, dy)} since the earlier pictures"
        confidence = 0.9
    elif comparison.outcome is Outcome.UNLIKE:
        text = "the view is not that of the earlier pictures: the camera was moved or exchanged"
        confidence = 0.8
    else:
        return []
    return [Finding("view", text, Severity.WARNING, confidence, ("moved",))]


def _changed(comparison: Comparison) -> list[Finding]:
    things = [change for change in comparison.changes if not change.only_light]
    light = [change for change in comparison.changes if change.only_light]
    if sum(change.area for change in things) > _MUCH:
        area = sum(change.area for change in things)
        return [
            Finding(
                "changed_region",
                f"much of the picture changed ({words.share(area)} of it)",
                Severity.NOTICE,
                0.8,
                ("changed",),
            )
        ]
    found = [_region(change) for change in things[:_MOST_REGIONS]]
    if light:
        found.append(_light(light))
    return found


def _region(change: Change) -> Finding:
    return Finding(
        "changed_region",
        words.change(change),
        Severity.NOTICE,
        sure(change.strength, 1, 4),
        ("changed",),
        Region(change.x, change.y, change.width, change.height),
    )


def _light(changes: list[Change]) -> Finding:
    largest = changes[0]
    return Finding(
        "light_change",
        words.change(largest),
        Severity.INFO,
        0.7,
        (),
        Region(largest.x, largest.y, largest.width, largest.height),
    )
