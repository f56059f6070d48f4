"""A model's proposal of a profile checked against our schema, after the receipt and never before.

The text is data: it is made inert (`plain_text`), what is too long is cut since it is paid for, and
an answer of another shape is schema_invalid. It becomes a draft that somebody has to make active.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from scout_workers.domain.errors import ErrorClass
from scout_workers.domain.profile_drafts import ProfileDraft
from scout_workers.llm import repair
from scout_workers.llm.answer_schema import RAW_LIMIT
from scout_workers.llm.plain_text import plain
from scout_workers.llm.protocol import ModelError

INSTRUCTIONS_LIMIT: Final = 4_000
REASONING_LIMIT: Final = 2_000

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "instructions": {
            "type": "string",
            "description": "What this camera is to be watched for, and what is normal there and "
            f"not worth a word; plain sentences, at most {INSTRUCTIONS_LIMIT} characters.",
        },
        "reasoning": {
            "type": "string",
            "description": "Why, from what the pictures show and the facts say; for the person who "
            f"decides. At most {REASONING_LIMIT} characters.",
        },
    },
    "required": ["instructions", "reasoning"],
    "additionalProperties": False,
}


def _line(limit: int) -> BeforeValidator:
    return BeforeValidator(lambda value: plain(value, limit) if isinstance(value, str) else value)


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    instructions: Annotated[str, Field(min_length=1), _line(INSTRUCTIONS_LIMIT)]
    reasoning: Annotated[str, Field(min_length=1), _line(REASONING_LIMIT)]


def parse(raw: str) -> ProfileDraft:
    """Return what a model's raw answer proposes, or raise; nothing of another shape gets past.

    Raises:
        ModelError: schema_invalid, with what is wrong and none of the model's own words.
    """
    if len(raw) > RAW_LIMIT:
        raise _invalid(f"the answer is {len(raw):,} characters long; the limit is {RAW_LIMIT:,}")
    for found in repair.objects(raw):
        try:
            answer = _Answer.model_validate(found)
        except ValidationError:
            continue
        return ProfileDraft(answer.instructions, answer.reasoning)
    raise _invalid('the answer holds no JSON object with the texts "instructions" and "reasoning"')


def _invalid(detail: str) -> ModelError:
    return ModelError(ErrorClass.SCHEMA_INVALID, detail)
