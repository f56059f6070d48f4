"""A model's words made inert: one line of plain text that nothing can follow, open or render.

What a model writes may repeat what it read in the picture, and anybody can hold a sign before a
camera.
"""

from __future__ import annotations

import re
import unicodedata

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:/{2}|\bwww\.)\S*", re.IGNORECASE)
_ADDRESS_GONE = "(address removed)"
_MARKUP = str.maketrans({"<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"})
_MARKUP |= str.maketrans({">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"})
_ROOM = 4  # how much more than the limit is looked at: searching for addresses is quadratic
_BLANK = {"Cc", "Zl", "Zp"}  # controls and line breaks stand between words
_NOTHING = {"Cf", "Cs", "Co", "Cn"}  # directions, joiners, surrogates, unassigned


def plain(text: str, limit: int) -> str:
    """Return the text as one line without controls, addresses or angle brackets.

    Args:
        text: Anything.
        limit: The most characters to return; what is cut ends in an ellipsis.
    """
    kept = "".join(map(_visible, text[: limit * _ROOM])).translate(_MARKUP)
    line = " ".join(_ADDRESS.sub(_ADDRESS_GONE, kept).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in _BLANK:
        return " "
    return "" if category in _NOTHING else character
