"""A model's proposal of a profile checked against our schema, after the receipt and never before.

The text is data: it is made inert (`plain_text`), what is too long is cut since it is paid for, and
an answer of another shape is schema_invalid. It becomes a draft that somebody has to make active.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from scout_workers.domain.profile_drafts import ProfileDraft
from scout_workers.llm.checked import Checked, first_valid, line

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


class _Answer(Checked):
    instructions: Annotated[str, Field(min_length=1), line(INSTRUCTIONS_LIMIT)]
    reasoning: Annotated[str, Field(min_length=1), line(REASONING_LIMIT)]


def parse(raw: str) -> ProfileDraft:
    """Return what a model's raw answer proposes, or raise; nothing of another shape gets past.

    Raises:
        ModelError: schema_invalid, with what is wrong and none of the model's own words.
    """
    answer = first_valid(_Answer, raw)
    return ProfileDraft(answer.instructions, answer.reasoning)
