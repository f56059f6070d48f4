"""The answer every provider is asked for, as JSON schema, and the caps on what it may hold.

Written in the part of JSON schema that every provider's structured output takes: all keys
required, none besides, and lengths told in words. The caps themselves are kept by `answers`.
"""

from __future__ import annotations

from typing import Any, Final

from scout_workers.domain.observations import Severity
from scout_workers.llm.checked import WORD_LIMIT

HEADLINE_LIMIT: Final = 160
TEXT_LIMIT: Final = 400
FLAGS_LIMIT: Final = 12
OBSERVATIONS_LIMIT: Final = 24


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _fraction(description: str) -> dict[str, Any]:
    return {"type": "number", "description": f"{description}, 0 to 1"}


_SEVERITY = {"type": "string", "enum": [severity.value for severity in Severity]}
_FLAGS = {
    "type": "array",
    "description": f"At most {FLAGS_LIMIT}, the same mark never twice.",
    "items": _text(f"One snake_case mark, at most {WORD_LIMIT} characters."),
}
_REGION = _object(
    x=_fraction("Left edge, as a fraction of the picture's width"),
    y=_fraction("Top edge, as a fraction of the picture's height"),
    width=_fraction("Width, as a fraction of the picture's width"),
    height=_fraction("Height, as a fraction of the picture's height"),
)
_OBSERVATION = _object(
    kind=_text(f"What it is about: one snake_case word, at most {WORD_LIMIT} characters."),
    text=_text(f"One honest sentence, at most {TEXT_LIMIT} characters."),
    severity=_SEVERITY,
    confidence=_fraction("How sure you are"),
    region={"anyOf": [_REGION, {"type": "null"}]},
    flags=_FLAGS,
)

ANSWER_SCHEMA: Final[dict[str, Any]] = _object(
    headline=_text(f"One line on the whole picture, at most {HEADLINE_LIMIT} characters."),
    severity=_SEVERITY,
    flags=_FLAGS,
    observations={
        "type": "array",
        "description": f"At most {OBSERVATIONS_LIMIT}.",
        "items": _OBSERVATION,
    },
)
