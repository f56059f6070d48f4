"""A model's summary checked against our schema, after the receipt and never before.

As with a description (`answers`): the text is made inert, what is too long is cut since it is paid
for, and an answer of another shape is schema_invalid.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from scout_workers.domain.observations import Severity
from scout_workers.domain.summaries import Summary
from scout_workers.llm import checked

HEADLINE_LIMIT: Final = 160
TEXT_LIMIT: Final = 2_000

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "headline": {
            "type": "string",
            "description": f"One line on the whole of it, at most {HEADLINE_LIMIT} characters.",
        },
        "text": {
            "type": "string",
            "description": "A few plain sentences that say no more than the facts do, with local "
            f"times as HH:MM; at most {TEXT_LIMIT} characters.",
        },
        "severity": {"type": "string", "enum": [severity.value for severity in Severity]},
    },
    "required": ["headline", "text", "severity"],
    "additionalProperties": False,
}


class _Answer(checked.Checked):
    headline: Annotated[str, Field(min_length=1), checked.line(HEADLINE_LIMIT)]
    text: Annotated[str, Field(min_length=1), checked.line(TEXT_LIMIT)]
    severity: checked.AnySeverity


def parse(raw: str) -> Summary:
    """Return what a model's raw answer says, or raise; nothing of another shape gets past.

    Raises:
        ModelError: schema_invalid, with what is wrong and none of the model's own words.
    """
    answer = checked.first_valid(_Answer, raw)
    return Summary(headline=answer.headline, text=answer.text, severity=answer.severity)
