"""Vectors as providers give them: floats in lists, which must be as many as the texts."""

from __future__ import annotations

import base64
import json
import math
import sys
from array import array
from typing import TYPE_CHECKING, Any, Final

from scout_workers.llm.hosted.client import unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGEST: Final = 3.4e38  # of a float of 32 bits


def in_order(provider: str, items: Sequence[dict[str, Any]], count: int) -> list[object]:
    """Return the embeddings of numbered items by their numbers.

    Raises:
        ModelError: A number is missing, or is there twice.
    """
    found = {item.get("index", ordinal): item for ordinal, item in enumerate(items)}
    if len(items) != count or set(found) != set(range(count)):
        raise unreadable(provider, f"holds {len(items)} vectors for {count} texts")
    return [found[index].get("embedding") for index in range(count)]


def packed(provider: str, vectors: Sequence[object], count: int) -> str:
    """Return vectors as the raw answer of a call.

    Raises:
        ModelError: They are not as many as the texts, or not lists of numbers.
    """
    if len(vectors) != count:
        raise unreadable(provider, f"holds {len(vectors)} vectors for {count} texts")
    listed = [_packed(_floats(provider, vector)) for vector in vectors]
    return json.dumps({"vectors": listed}, separators=(",", ":"))


def _floats(provider: str, vector: object) -> list[float]:
    if not isinstance(vector, list) or not vector:
        raise unreadable(provider, "holds something else than a vector")
    for number in vector:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise unreadable(provider, "holds a vector of something else than numbers")
        if not math.isfinite(number) or abs(number) > _LARGEST:
            raise unreadable(provider, "holds a vector without an end")
    return vector


def _packed(vector: Sequence[float]) -> str:
    numbers = array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode("ascii")
