"""A model's raw answer checked against our schema, after the receipt and never before.

The model's text is data (`checked`). Regions are fractions of the picture. What is too long or too
many is cut, since the answer is paid for; anything else out of place, and an answer in which
nothing can be found, is schema_invalid.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scout_workers.domain.observations import Description, Observation, Region
from scout_workers.llm.answer_schema import (
    ANSWER_SCHEMA,
    FLAGS_LIMIT,
    HEADLINE_LIMIT,
    OBSERVATIONS_LIMIT,
    TEXT_LIMIT,
)
from scout_workers.llm.checked import AnySeverity, Checked, Word, first, first_valid, line

__all__ = ["ANSWER_SCHEMA", "parse"]

_ROUNDING = 0.02  # how far a region may lie outside the picture before it is nonsense


def parse(raw: str) -> Description:
    """Return what a model's raw answer says, or raise; nothing of another shape gets past.

    Raises:
        ModelError: schema_invalid, with what is wrong and none of the model's own words.
    """
    return first_valid(_Answer, raw).description()


def _distinct(flags: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(flags))


_Flags = Annotated[list[Word], first(FLAGS_LIMIT)]
_Fraction = Annotated[float, Field(ge=-_ROUNDING, le=1 + _ROUNDING, allow_inf_nan=False)]


class _Region(Checked):
    x: _Fraction
    y: _Fraction
    width: _Fraction
    height: _Fraction

    def region(self) -> Region:
        left, right = _within(self.x, self.width)
        top, bottom = _within(self.y, self.height)
        return Region(left, top, right - left, bottom - top)


def _within(start: float, length: float) -> tuple[float, float]:
    begin = min(max(start, 0.0), 1.0)
    return begin, min(max(start + length, begin), 1.0)


class _Observation(Checked):
    kind: Word
    text: Annotated[str, Field(min_length=1), line(TEXT_LIMIT)]
    severity: AnySeverity
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    region: _Region | None = None
    flags: _Flags = Field(default_factory=list)

    def observation(self) -> Observation:
        return Observation(
            kind=self.kind,
            text=self.text,
            severity=self.severity,
            confidence=self.confidence,
            region=None if self.region is None else self.region.region(),
            flags=_distinct(self.flags),
        )


class _Answer(Checked):
    headline: Annotated[str, Field(min_length=1), line(HEADLINE_LIMIT)]
    severity: AnySeverity
    flags: _Flags = Field(default_factory=list)
    observations: Annotated[list[_Observation], first(OBSERVATIONS_LIMIT)] = Field(
        default_factory=list
    )

    def description(self) -> Description:
        return Description(
            headline=self.headline,
            severity=self.severity,
            flags=_distinct(self.flags),
            observations=tuple(seen.observation() for seen in self.observations),
        )
