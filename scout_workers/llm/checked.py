"""What every check of a model's answer is made of, whatever the answer is for.

The model's text is data. Types are as JSON has them, never coerced; severities are an enum, kinds
and flags are bare words, sentences are inert (`plain_text`), and everything is capped. What is too
long or too many is cut, since the answer is paid for.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from scout_workers.domain.errors import ErrorClass
from scout_workers.domain.observations import Severity
from scout_workers.llm import repair
from scout_workers.llm.plain_text import plain
from scout_workers.llm.protocol import ModelError

RAW_LIMIT: Final = 65_536  # characters of a raw answer, before it is parsed
WORD_LIMIT: Final = 40
WORD_PATTERN: Final = r"^[a-z][a-z0-9_]*$"

_ERRORS_TOLD = 3
_SEVERITIES = frozenset(Severity)


class Checked(BaseModel):
    """Types as JSON has them, never coerced; keys nobody asked for are left behind."""

    model_config = ConfigDict(strict=True, extra="ignore")


Answer = TypeVar("Answer", bound=Checked)


def first_valid(shape: type[Answer], raw: str) -> Answer:
    """Return the first object in a raw answer that has this shape.

    Raises:
        ModelError: schema_invalid, with what is wrong and none of the model's own words.
    """
    if len(raw) > RAW_LIMIT:
        raise invalid(f"the answer is {len(raw):,} characters long; the limit is {RAW_LIMIT:,}")
    wrong: str | None = None
    for found in repair.objects(raw):
        try:
            return shape.model_validate(found)
        except ValidationError as error:
            wrong = wrong or _told(error)
    raise invalid(wrong or "the answer holds no JSON object")


def invalid(detail: str) -> ModelError:
    """Return the error of an answer that is not what was asked for."""
    return ModelError(ErrorClass.SCHEMA_INVALID, detail)


def _told(error: ValidationError) -> str:
    """Name the first places that are wrong; never the values, which are the model's."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    told = [
        f"{'.'.join(str(step) for step in fault['loc']) or 'answer'}: {fault['msg'].lower()}"
        for fault in faults[:_ERRORS_TOLD]
    ]
    return "; ".join(told)


def line(limit: int) -> BeforeValidator:
    """Make a text one inert line of at most so many characters."""
    return BeforeValidator(lambda value: plain(value, limit) if isinstance(value, str) else value)


def first(limit: int) -> BeforeValidator:
    """Keep only so many items of a list."""
    return BeforeValidator(lambda value: value[:limit] if isinstance(value, list) else value)


def _as_word(value: object) -> object:
    if isinstance(value, str):
        return value.strip().lower().replace(" ", "_").replace("-", "_")[:WORD_LIMIT]
    return value


def _as_severity(value: object) -> object:
    word = _as_word(value)
    return Severity(word) if isinstance(word, str) and word in _SEVERITIES else value


Word = Annotated[str, BeforeValidator(_as_word), Field(pattern=WORD_PATTERN)]
AnySeverity = Annotated[Severity, BeforeValidator(_as_severity)]
