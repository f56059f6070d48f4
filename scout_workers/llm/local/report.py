"""Findings put into an answer, as any provider would give it: JSON text after our schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scout_workers.domain.observations import Severity
from scout_workers.llm.local.comparison import Outcome
from scout_workers.llm.local.findings import FLAGS, ORDER, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.llm.local.comparison import Comparison
    from scout_workers.llm.local.measured import Look, Measured

_DECIMALS = 4
_DIM = 0.36


def answer_text(measured: Measured, comparison: Comparison, findings: Sequence[Finding]) -> str:
    """Return the raw answer."""
    ranked = sorted(findings, key=lambda finding: ORDER.index(finding.severity))
    told = [*ranked, _scene(measured.look, comparison), _measurements(measured)]
    worst = ranked[0].severity if ranked else Severity.INFO
    flags = {flag for finding in told for flag in finding.flags}
    return json.dumps(
        {
            "headline": _sentence(_headline(ranked, told)),
            "severity": worst,
            "flags": [flag for flag in FLAGS if flag in flags],
            "observations": [_observation(finding) for finding in told],
        }
    )


def _headline(ranked: Sequence[Finding], told: Sequence[Finding]) -> str:
    scene = next(finding for finding in told if finding.kind == "scene")
    if not ranked or ranked[0].severity is Severity.INFO:
        return scene.text
    more = sum(finding.kind == "changed_region" for finding in ranked) - 1
    others = {0: "", 1: "; one more region changed"}.get(more, f"; {more} more regions changed")
    return ranked[0].text + (others if ranked[0].kind == "changed_region" and more > 0 else "")


def _scene(look: Look, comparison: Comparison) -> Finding:
    """Say what kind of picture it is, with the flags that are no complaint."""
    exposure, flags = look.exposure, []
    if exposure.dark:
        light = "dark"
        flags.append("dark")
    elif exposure.bright:
        light = "very bright"
        flags.append("bright")
    else:
        light = "dim" if exposure.mean < _DIM else "well lit"
    if exposure.flat:
        flags.append("low_contrast")
    if look.colour.monochrome:
        flags.append("monochrome")
    kind = "picture without colours, as by infrared" if look.colour.monochrome else "colour picture"
    beginning, mark = _BEGINNINGS[comparison.outcome]
    if any(not change.only_light for change in comparison.changes):
        beginning = "same view as before"
    if mark:
        flags.append(mark)
    return Finding("scene", f"{beginning}: {light} {kind}", Severity.INFO, 0.9, tuple(flags))


_BEGINNINGS = {
    Outcome.FIRST: ("first picture, nothing to compare it with", "first_frame"),
    Outcome.UNUSABLE: ("no earlier picture can be compared with this one", "no_comparison"),
    Outcome.SAME: ("nothing new", ""),
    Outcome.SHIFTED: ("the view has shifted", ""),
    Outcome.UNLIKE: ("another view than before", ""),
}


def _measurements(measured: Measured) -> Finding:
    look = measured.look
    sharpness = "not to be told" if look.sharpness is None else f"{look.sharpness:.2f}"
    return Finding(
        "measurements",
        f"mean brightness {look.exposure.mean:.2f}, range {look.exposure.low:.2f} to "
        f"{look.exposure.high:.2f}, clipped {look.exposure.white:.2f}, colour "
        f"{look.colour.spread:.3f}, sharpness {sharpness}, veil {look.haze.veil:.2f}, "
        f"fingerprint {measured.fingerprint:016x}",
        Severity.INFO,
        1.0,
    )


def _observation(finding: Finding) -> dict[str, Any]:
    region = finding.region
    return {
        "kind": finding.kind,
        "text": _sentence(finding.text) + ".",
        "severity": finding.severity,
        "confidence": finding.confidence,
        "region": region
        and {
            "x": round(region.x, _DECIMALS),
            "y": round(region.y, _DECIMALS),
            "width": round(region.width, _DECIMALS),
            "height": round(region.height, _DECIMALS),
        },
        "flags": list(finding.flags),
    }


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
