"""Vectors in an answer: what was asked for comes out, and nothing else passes for it."""

from __future__ import annotations

import json
import math
from base64 import b64encode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scout_workers.domain import embeddings
from scout_workers.domain.embeddings import VectorsError, decode, encode, literal
from scout_workers.domain.errors import ErrorClass

_NUMBERS = st.floats(-1e6, 1e6, width=32)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(_NUMBERS, min_size=3, max_size=3), min_size=1, max_size=5))
def test_vectors_come_back_in_their_order_and_direction_at_length_one(
    vectors: list[list[float]],
) -> None:
    found = decode(encode(vectors), count=len(vectors), dimensions=3)
    for vector, back in zip(vectors, found, strict=True):
        length = math.hypot(*vector)
        if back is None:
            assert length < 1e-30
        else:
            assert back.tolist() == pytest.approx([x / length for x in vector], abs=1e-5)


@pytest.mark.parametrize("nowhere", [[0.0, 0.0], [math.inf, 1.0], [math.nan, 1.0]])
def test_a_vector_that_points_nowhere_is_none_and_its_neighbours_are_kept(
    nowhere: list[float],
) -> None:
    first, second = decode(encode([nowhere, [3.0, 4.0]]), count=2)
    assert first is None
    assert second is not None
    assert second.tolist() == pytest.approx([0.6, 0.8])


def _answer(*packed: object) -> str:
    return json.dumps({"vectors": packed})


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", 'no list "vectors"'),
        ('{"vectors": {}}', 'no list "vectors"'),
        (_answer(), "0 vectors came for 1 texts"),
        (encode([[1.0], [2.0]]), "2 vectors came for 1 texts"),
        (_answer(7), "is no text"),
        (_answer("!!"), "is no base64"),
        (_answer("ä"), "is no base64"),
        (_answer(""), "no sequence of 32-bit floats"),
        (_answer(b64encode(b"12345").decode()), "no sequence of 32-bit floats"),
        (encode([[1.0, 2.0]]), "has 2 dimensions, the model has 3"),
        (" " * 10_000_000, "characters long"),
    ],
)
def test_anything_else_is_an_answer_of_no_use(raw: str, told: str) -> None:
    with pytest.raises(VectorsError, match=told) as caught:
        decode(raw, count=1, dimensions=3)
    assert caught.value.error_class is ErrorClass.SCHEMA_INVALID


def test_the_largest_batch_of_the_largest_vectors_is_within_the_limit() -> None:
    vectors = [[0.1] * embeddings.DIMENSIONS_LIMIT] * embeddings.BATCH
    assert len(decode(encode(vectors), count=embeddings.BATCH)) == embeddings.BATCH


def test_a_vector_is_written_as_postgres_reads_it() -> None:
    (vector,) = decode(encode([[3.0, -4.0, 0.0]]), count=1)
    assert vector is not None
    assert literal(vector) == "[0.6,-0.8,0]"
