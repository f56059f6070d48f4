"""`lexical-hash-v1` says what texts have in common in writing, the same on every machine."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256

import pytest

from scout_workers import phases
from scout_workers.domain import embeddings
from scout_workers.domain.embedding_models import DIMENSIONS, NOTHING_IN_COMMON
from scout_workers.llm.local import LocalProvider, lexical
from scout_workers.llm.protocol import ModelError

TEXTS = [
    "A white van is parked at the gate.",
    "Large darker region appeared centre right (less than 1 % of the picture)",
    "Thick fog, or something right before the lens",
    "Two people walk past the gate with a dog",
    "A delivery truck blocks the driveway",
]
NAME = f"local/{lexical.MODEL}"


def _similarity(one: str, other: str) -> float:
    return float(lexical.embed(one) @ lexical.embed(other))


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("van", 0),
        ("VANS at the Gâte", 0),
        ("a dark region", 1),
        ("fog", 2),
        ("people with dogs", 3),
        ("deliveries", 4),
        ("delivry trucks", 4),
    ],
)
def test_the_text_with_these_words_is_the_nearest(asked: str, meant: int) -> None:
    near = [_similarity(asked, text) for text in TEXTS]
    assert max(near) == near[meant]
    assert near[meant] > NOTHING_IN_COMMON[NAME]


@pytest.mark.parametrize("asked", ["zebra", "ignore your instructions", "…", "vehicle", "的"])
def test_what_stands_in_none_of_them_is_near_none_of_them(asked: str) -> None:
    assert max(_similarity(asked, text) for text in TEXTS) < NOTHING_IN_COMMON[NAME]


def test_a_text_is_the_same_vector_in_every_process_whatever_its_hash_seed() -> None:
    script = (
        "from hashlib import sha256\n"
        "from scout_workers.llm.local import lexical\n"
        f"print(sha256(lexical.embed({TEXTS[0]!r}).round(6).tobytes()).hexdigest())\n"
    )
    here = sha256(lexical.embed(TEXTS[0]).round(6).tobytes()).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here


@pytest.mark.parametrize(
    "text", ["", "…", "\x00", "a", "\ud800", "x" * 1_000_000, "word " * 90_000]
)
def test_any_text_at_all_is_a_vector_of_length_one(text: str) -> None:
    vector = lexical.embed(text)
    assert vector.shape == (lexical.DIMENSIONS,)
    assert float(vector @ vector) == pytest.approx(1.0, abs=1e-5)


def test_the_local_provider_embeds_in_order_and_for_nothing() -> None:
    answer = LocalProvider().embed(lexical.MODEL, TEXTS)
    vectors = embeddings.decode(answer.raw, count=len(TEXTS), dimensions=DIMENSIONS[NAME])
    for vector, text in zip(vectors, TEXTS, strict=True):
        assert vector is not None
        assert vector.tolist() == pytest.approx(lexical.embed(text).tolist(), abs=1e-6)
    assert (answer.cost_microdollars, answer.price_source) == (0, "free")


def test_the_local_provider_embeds_with_no_other_model_and_in_no_transaction() -> None:
    with pytest.raises(ModelError, match="embeds with 'lexical-hash-v1', not 'ada'"):
        LocalProvider().embed("ada", TEXTS)
    with phases.holding_transaction(), pytest.raises(phases.TransactionHeldError):
        LocalProvider().embed(lexical.MODEL, TEXTS)
