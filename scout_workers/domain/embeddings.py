"""Vectors of texts: how an answer carries them, and what is taken for one.

A provider's answer to `embed` is compact JSON, `{"vectors": ["…", …]}`: one base64 string a text,
in the order of the texts, of little-endian float32. Vectors are kept at length one, so that what
counts is where they point.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import sys
from array import array
from typing import TYPE_CHECKING, Final, TypeAlias

from scout_workers.domain.errors import ErrorClass, ScoutError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Vector: TypeAlias = "array[float]"

BATCH: Final = 64
"""The most texts of one call."""

DIMENSIONS_LIMIT: Final = 4000
"""The most pgvector can index, as halves of a float."""

_BYTES = 4
_RAW_LIMIT = BATCH * DIMENSIONS_LIMIT * _BYTES * 3 // 2


class VectorsError(ScoutError):
    """An answer that does not hold the vectors that were asked for."""

    def __init__(self, detail: str) -> None:
        super().__init__(ErrorClass.SCHEMA_INVALID, detail)


def encode(vectors: Iterable[Sequence[float]]) -> str:
    """Write vectors as the raw answer of a call."""
    return json.dumps({"vectors": [_packed(vector) for vector in vectors]}, separators=(",", ":"))


def decode(raw: str, *, count: int, dimensions: int | None = None) -> list[Vector | None]:
    """Return what a raw answer holds, each vector at length one.

    Args:
        raw: The answer.
        count: How many texts were sent.
        dimensions: How many numbers a vector of the model has; None: as many as the first has.

    Returns:
        One vector a text; None for one that points nowhere (a zero, an infinity, no number).

    Raises:
        VectorsError: Another number of vectors, vectors of another size, or no vectors at all.
    """
    packed = _listed(raw)
    if len(packed) != count:
        raise VectorsError(f"{len(packed)} vectors came for {count} texts")
    found = []
    for ordinal, each in enumerate(packed):
        vector = _unpacked(each, ordinal)
        dimensions = len(vector) if dimensions is None else dimensions
        if len(vector) != dimensions:
            raise VectorsError(
                f"vector {ordinal} has {len(vector)} dimensions, the model has {dimensions}"
            )
        found.append(normal(vector))
    return found


def normal(vector: Vector) -> Vector | None:
    """Return a vector that points where this one does, at length one; None: it points nowhere."""
    length = math.hypot(*vector)
    if not math.isfinite(length) or length == 0.0:
        return None
    return array("f", [number / length for number in vector])


def literal(vector: Vector) -> str:
    """Write a vector as Postgres reads it; five digits are more than half a float holds."""
    return f"[{','.join([format(number, '.5g') for number in vector])}]"


def _listed(raw: str) -> list[object]:
    if len(raw) > _RAW_LIMIT:
        raise VectorsError(f"the answer is {len(raw):,} characters long; the limit {_RAW_LIMIT:,}")
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise VectorsError("the answer is no JSON") from error
    vectors = answer.get("vectors") if isinstance(answer, dict) else None
    if not isinstance(vectors, list):
        raise VectorsError('the answer has no list "vectors"')
    return vectors


def _packed(vector: Sequence[float]) -> str:
    numbers = array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode("ascii")


def _unpacked(packed: object, ordinal: int) -> Vector:
    if not isinstance(packed, str):
        raise VectorsError(f"vector {ordinal} is no text")
    try:
        data = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise VectorsError(f"vector {ordinal} is no base64") from error
    if not data or len(data) % _BYTES:
        raise VectorsError(f"vector {ordinal} is no sequence of 32-bit floats")
    numbers = array("f")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
