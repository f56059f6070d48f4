"""JSON found in what a model wrote, with the slips models make put right.

Repaired: code fences and prose around the object, commas before a closing bracket, anything left
over after it. Not repaired: an object that breaks off, for what is missing cannot be known.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_STARTS = 20


def objects(raw: str) -> Iterator[dict[str, object]]:
    """Yield the JSON objects that stand in a text, in order: as written first, then mended.

    An object within one that could be read is not yielded by itself.
    """
    yield from _standing_in(raw)
    mended = _without_trailing_commas(raw[raw.find("{") :]) if "{" in raw else raw
    if len(mended) < len(raw):
        yield from _standing_in(mended)


def _standing_in(text: str) -> Iterator[dict[str, object]]:
    decoder = json.JSONDecoder(parse_constant=_refuse)
    position = 0
    for _ in range(_MOST_STARTS):
        position = text.find("{", position)
        if position < 0:
            return
        try:
            found, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            position += 1
            continue
        yield found


def _without_trailing_commas(text: str) -> str:
    """Drop each comma, outside strings, that only white space parts from a closing bracket.

    A loop and no regular expression: one that knows strings takes quadratic time on a text of
    escaped quotes, and the text is not ours.
    """
    kept: list[str] = []
    comma: int | None = None
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == ",":
            comma = len(kept)
        elif not character.isspace():
            if comma is not None and character in "}]":
                kept[comma] = ""
            comma = None
            in_string = character == '"'
        kept.append(character)
    return "".join(kept)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
