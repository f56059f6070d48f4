"""Vectors that are the same for the same text and near for texts that share words."""

from __future__ import annotations

import hashlib
import math
import re
from typing import Final

_DIMENSIONS: Final = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}
_USUAL_DIMENSIONS: Final = 1024
_PLACES: Final = 8  # of each word


def vector(text: str, model: str, dimensions: int | None = None) -> tuple[float, ...]:
    """Return a unit vector of a text: its words, hashed into places.

    Args:
        text: What to embed.
        model: Whose vectors; another model's are unrelated.
        dimensions: How long; None: the model's usual length.
    """
    size = dimensions or _DIMENSIONS.get(model, _USUAL_DIMENSIONS)
    sums = [0.0] * size
    for word in re.findall(r"\w+", text.lower()) or [text]:
        digest = hashlib.blake2b(f"{model}\0{word}".encode(), digest_size=4 * _PLACES).digest()
        for place in range(_PLACES):
            number = int.from_bytes(digest[4 * place : 4 * place + 4], "little")
            sums[(number >> 1) % size] += 1.0 if number & 1 else -1.0
    length = math.sqrt(sum(value * value for value in sums)) or 1.0
    return tuple(round(value / length, 7) for value in sums)
