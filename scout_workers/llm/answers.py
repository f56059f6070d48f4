"""A model's raw answer checked against our schema, after the receipt and never before.

The model's text is data. Severities are an enum, kinds and flags are bare words, regions are
fractions of the picture, sentences are inert (`plain_text`), and everything is capped. What is
too long or too many is cut, since the answer is paid for; anything else out of place, and an
answer in which nothing can be found, is schema_invalid.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from scout_workers.domain.errors import ErrorClass
from scout_workers.domain.observations import Description, Observation, Region, Severity
from scout_workers.llm import repair
from scout_workers.llm.answer_schema import (
    ANSWER_SCHEMA,
    FLAGS_LIMIT,
    HEADLINE_LIMIT,
    OBSERVATIONS_LIMIT,
    RAW_LIMIT,
    TEXT_LIMIT,
    WORD_LIMIT,
    WORD_PATTERN,
)
from scout_workers.llm.plain_text import plain
from scout_workers.llm.protocol import ModelError

__all__ = ["ANSWER_SCHEMA", "parse"]

_ROUNDING = 0.02  # how far a region may lie outside the picture before it is nonsense
_ERRORS_TOLD = 3
_SEVERITIES = frozenset(Severity)


def parse(raw: str) -> Description:
    """Return what a model's raw answer says, or raise; nothing of another shape gets past.

    Raises:
        ModelError: schema_invalid, with what is wrong and none of the model's own words.
    """
    if len(raw) > RAW_LIMIT:
        raise _invalid(f"the answer is {len(raw):,} characters long; the limit is {RAW_LIMIT:,}")
    wrong: str | None = None
    for found in repair.objects(raw):
        try:
            return _Answer.model_validate(found).description()
        except ValidationError as error:
            wrong = wrong or _told(error)
    raise _invalid(wrong or "the answer holds no JSON object")


def _invalid(detail: str) -> ModelError:
    return ModelError(ErrorClass.SCHEMA_INVALID, detail)


def _told(error: ValidationError) -> str:
    """Name the first places that are wrong; never the values, which are the model's."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    told = [
        f"{'.'.join(str(step) for step in fault['loc']) or 'answer'}: {fault['msg'].lower()}"
        for fault in faults[:_ERRORS_TOLD]
    ]
    return "; ".join(told)


def _line(limit: int) -> BeforeValidator:
    return BeforeValidator(lambda value: plain(value, limit) if isinstance(value, str) else value)


def _first(limit: int) -> BeforeValidator:
    return BeforeValidator(lambda value: value[:limit] if isinstance(value, list) else value)


def _as_word(value: object) -> object:
    if isinstance(value, str):
        return value.strip().lower().replace(" ", "_").replace("-", "_")[:WORD_LIMIT]
    return value


def _as_severity(value: object) -> object:
    word = _as_word(value)
    return Severity(word) if isinstance(word, str) and word in _SEVERITIES else value


def _distinct(flags: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(flags))


_Word = Annotated[str, BeforeValidator(_as_word), Field(pattern=WORD_PATTERN)]
_Severity = Annotated[Severity, BeforeValidator(_as_severity)]
_Flags = Annotated[list[_Word], _first(FLAGS_LIMIT)]
_Fraction = Annotated[float, Field(ge=-_ROUNDING, le=1 + _ROUNDING, allow_inf_nan=False)]


class _Checked(BaseModel):
    """Types as JSON has them, never coerced; keys nobody asked for are left behind."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _Region(_Checked):
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


class _Observation(_Checked):
    kind: _Word
    text: Annotated[str, Field(min_length=1), _line(TEXT_LIMIT)]
    severity: _Severity
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    region: _Region | None = None
    flags: _Flags = []

    def observation(self) -> Observation:
        return Observation(
            kind=self.kind,
            text=self.text,
            severity=self.severity,
            confidence=self.confidence,
            region=None if self.region is None else self.region.region(),
            flags=_distinct(self.flags),
        )


class _Answer(_Checked):
    headline: Annotated[str, Field(min_length=1), _line(HEADLINE_LIMIT)]
    severity: _Severity
    flags: _Flags = []
    observations: Annotated[list[_Observation], _first(OBSERVATIONS_LIMIT)] = []

    def description(self) -> Description:
        return Description(
            headline=self.headline,
            severity=self.severity,
            flags=_distinct(self.flags),
            observations=tuple(seen.observation() for seen in self.observations),
        )
