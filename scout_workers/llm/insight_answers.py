"""A model's insights checked against our schema, after the receipt and never before.

As with a description (`answers`): texts are made inert, what is too long or too many is cut, and an
answer of another shape is schema_invalid. Whether what they cite exists is for
`domain.insights.supported` to say; an answer that cites nothing of what was given is of no use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from scout_workers.domain.insights import Claim, Findings, supported
from scout_workers.domain.observations import Severity
from scout_workers.llm.checked import AnySeverity, Checked, first, first_valid, invalid, line

if TYPE_CHECKING:
    from scout_workers.domain.insights import InsightFacts

TITLE_LIMIT: Final = 120
TEXT_LIMIT: Final = 600
INSIGHTS_LIMIT: Final = 12
CITED_LIMIT: Final = 24
ID_LIMIT: Final = 36

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "insights": {
            "type": "array",
            "description": f"At most {INSIGHTS_LIMIT}, what matters most first; none is an answer "
            "too.",
            "items": {
                "type": "object",
                "properties": {
                    "title": {
                        "type": "string",
                        "description": f"One line, at most {TITLE_LIMIT} characters.",
                    },
                    "text": {
                        "type": "string",
                        "description": "One to three plain sentences that say no more than the "
                        f"evidence shows; at most {TEXT_LIMIT} characters.",
                    },
                    "severity": {
                        "type": "string",
                        "enum": [severity.value for severity in Severity],
                    },
                    "evidence": {
                        "type": "array",
                        "description": "Ids of the observations that show it, exactly as given: "
                        f"at least one, at most {CITED_LIMIT}.",
                        "items": {"type": "string"},
                    },
                },
                "required": ["title", "text", "severity", "evidence"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["insights"],
    "additionalProperties": False,
}


class _Insight(Checked):
    title: Annotated[str, Field(min_length=1), line(TITLE_LIMIT)]
    text: Annotated[str, Field(min_length=1), line(TEXT_LIMIT)]
    severity: AnySeverity
    evidence: Annotated[list[Annotated[str, line(ID_LIMIT)]], first(CITED_LIMIT)]


class _Answer(Checked):
    insights: Annotated[list[_Insight], first(INSIGHTS_LIMIT)]


def parse(raw: str) -> tuple[Claim, ...]:
    """Return what a model's raw answer claims, or raise; nothing of another shape gets past.

    Raises:
        ModelError: schema_invalid, with what is wrong and none of the model's own words.
    """
    return tuple(
        Claim(each.title, each.text, each.severity, tuple(each.evidence))
        for each in first_valid(_Answer, raw).insights
    )


def findings(raw: str, facts: InsightFacts) -> Findings:
    """Return the claims of a raw answer that what was given supports.

    Raises:
        ModelError: schema_invalid: another shape, or claims of which none has any evidence.
    """
    claims = parse(raw)
    found = supported(claims, facts)
    if claims and not found.insights:
        raise invalid("no insight cites an id of the evidence that was given")
    return found
