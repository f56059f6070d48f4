"""Facts as JSON between two marks, so written that nothing in them can end the data.

Whoever names a camera, writes a profile or holds a sign before a lens decides what stands in
there. Angle brackets, ampersands and backquotes are written as JSON escapes: a model reads them
as they were meant, and no text can close the mark, open another or look like markup.
"""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

_OPENING, _CLOSING = "<data>", "</data>"
_ESCAPES = str.maketrans(
    {character: f"\\u{ord(character):04x}" for character in "<>&`\u2028\u2029"}
)


def fenced(facts: dict[str, Any]) -> str:
    """Return the facts between their marks."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return f"{_OPENING}\n{text.translate(_ESCAPES)}\n{_CLOSING}"


def facts_of(value: object) -> dict[str, Any]:
    """Return a dataclass's fields as they go into JSON; what is empty or unknown is left out."""
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"facts are a dataclass, not {type(value).__name__}")
    return _without_empty(asdict(value))


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    kept = {}
    for name, value in fields.items():
        if value is None or value in ((), [], {}, ""):
            continue
        kept[name] = _inside(value)
    return kept


def _inside(value: object) -> object:
    if isinstance(value, dict):
        return _without_empty(value)
    if isinstance(value, list | tuple):
        return [_inside(each) for each in value]
    return value


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be a fact")
