"""Texts become vectors: in batches, each paid once, whatever happens on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fix_deliveries import KilledError
from fix_embeddings import analyzed
from fix_store import straight

from scout_workers.domain import embeddings
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.protocol import ModelError

if TYPE_CHECKING:
    from fix_embeddings import Texts

VAN = "A white van stands at the gate."
DOG = "A dog crosses the yard."
LAMP = "The lamp is on."


@pytest.fixture
def store_url(vector_url: str) -> str:
    """A database that has vectors."""
    return vector_url


def test_what_was_observed_is_embedded_in_one_call_across_captures(texts: Texts) -> None:
    texts.write(VAN, DOG, number=1)
    texts.write(LAMP, number=2)
    assert texts.drain() == []
    assert texts.embedded() == [DOG, VAN, LAMP]
    assert texts.due() == []
    (paid,) = texts.provider.paid
    assert sorted(paid) == [DOG, VAN, LAMP]
    assert texts.database.rows("SELECT state, attempts FROM scout.embedding_batches") == [
        ("completed", 1)
    ]
    assert texts.database.rows(
        "SELECT purpose, provider, model, status, cost_microdollars FROM scout.llm_calls"
    ) == [("embed", "local", "lexical-hash-v1", "succeeded", 3)]


def test_a_vector_carries_what_a_search_filters_by(texts: Texts) -> None:
    texts.write(VAN, severity="warning")
    texts.drain()
    ((organization_id, camera_id, severity, at),) = texts.database.rows(
        "SELECT organization_id, camera_id, severity, observed_at = (SELECT captured_at FROM "
        "scout.captures) FROM scout.embeddings"
    )
    yard = texts.deliveries.yard
    assert (organization_id, camera_id) == (yard.organization_id, yard.camera_id)
    assert (severity, at) == ("warning", True)


def test_a_batch_has_at_most_sixty_four_texts_and_no_more_messages_than_batches(
    texts: Texts,
) -> None:
    for number in range(1, 11):
        texts.write(*[f"Observation {number} {each}." for each in range(15)], number=number)
    texts.deliveries.deliver(texts.send())
    assert len(texts.rows("embed_texts")) == 3
    texts.drain()
    assert texts.provider.asked == [64, 64, 22]
    assert len(texts.embedded()) == 150


def test_a_content_that_is_known_is_not_paid_again(texts: Texts) -> None:
    texts.write(LAMP, number=1)
    texts.write(LAMP, VAN, number=2)
    texts.drain()
    texts.write(LAMP, number=3)
    texts.drain()
    assert [sorted(paid) for paid in texts.provider.paid] == [[VAN, LAMP]]
    assert texts.embedded() == [VAN, LAMP, LAMP, LAMP]


def test_a_poison_text_is_found_and_everybody_else_is_embedded(texts: Texts) -> None:
    good = [f"Observation {number}." for number in range(40)]
    texts.write("the poison", *good)
    texts.provider.poison = {"the poison"}
    texts.drain()
    assert texts.embedded() == sorted(good)
    assert texts.due() == [("the poison", "bad_request")]
    # Nobody was paid twice: every text is in exactly one call that was answered.
    assert sorted(text for call in texts.provider.paid for text in call) == sorted(good)
    # Halves of halves: not one call a text.
    assert len(texts.provider.asked) <= 13
    assert (
        texts.database.value(
            "SELECT count(*) FROM scout.embedding_batches WHERE settled_at IS NULL"
        )
        == 0
    )
    assert texts.database.rows(
        "SELECT status, count(*) FROM scout.llm_calls GROUP BY status ORDER BY status"
    ) == [
        ("failed", len(texts.provider.asked) - len(texts.provider.paid)),
        ("succeeded", len(texts.provider.paid)),
    ]


def test_a_refused_text_is_not_asked_for_again_by_itself(texts: Texts) -> None:
    texts.write("the poison")
    texts.provider.poison = {"the poison"}
    texts.drain()
    texts.drain()
    assert texts.provider.asked == [1]


def test_a_vector_that_points_nowhere_is_its_own_texts_fault(texts: Texts) -> None:
    texts.write(VAN, LAMP)
    texts.provider.answers = lambda bodies: embeddings.encode(
        [0.0] * 512 if body == LAMP else [1.0] * 512 for body in bodies
    )
    texts.drain()
    assert texts.embedded() == [VAN]
    assert texts.due() == [(LAMP, "schema_invalid")]


def test_an_answer_with_other_vectors_than_were_asked_for_is_repeated_once_at_most(
    texts: Texts,
) -> None:
    texts.write(VAN, LAMP)
    texts.provider.answers = lambda _: embeddings.encode([[1.0] * 3])
    texts.drain()
    assert texts.embedded() == []
    assert [error for _, error in texts.due()] == ["schema_invalid"] * 2
    assert len(texts.provider.paid) == 2
    assert texts.database.rows("SELECT state, error_detail FROM scout.embedding_batches") == [
        ("failed", "1 vectors came for 2 texts")
    ]


@straight
@pytest.mark.parametrize("at", range(14))
def test_killed_anywhere_it_is_embedded_all_the_same_and_paid_once_or_named_in_doubt(
    texts: Texts, at: int
) -> None:
    texts.write(VAN, LAMP)
    texts.deliveries.deliver(texts.send())
    (row,) = texts.rows("embed_texts")
    died = texts.deliveries.deliver(row, at=at)
    assert died is None or isinstance(died, KilledError)
    assert texts.deliveries.deliver(row) is None
    assert texts.embedded() == [VAN, LAMP]
    assert texts.due() == []
    doubtful = texts.database.value(
        "SELECT count(*) FROM scout.llm_calls WHERE status = 'in_doubt'"
    )
    assert len(texts.provider.paid) <= 1 + doubtful


@pytest.mark.parametrize(
    ("error", "state"),
    [(ErrorClass.RATE_LIMITED, "deferred"), (ErrorClass.SERVER_ERROR, "pending")],
)
def test_a_batch_the_other_side_is_too_busy_for_comes_again(
    texts: Texts, error: ErrorClass, state: str
) -> None:
    def busy() -> None:
        raise ModelError(error, "too many")

    texts.write(VAN)
    texts.provider.before = busy
    texts.deliveries.deliver(texts.send())
    (row,) = texts.rows("embed_texts")
    assert isinstance(texts.deliveries.deliver(row), ModelError)
    assert texts.database.rows("SELECT state, error_class FROM scout.embedding_batches") == [
        (state, error)
    ]
    texts.provider.before = lambda: None
    texts.database.rows("UPDATE scout.provider_gates SET closed_until = now()")
    assert texts.deliveries.deliver(row) is None
    assert texts.embedded() == [VAN]


def test_a_text_that_is_gone_or_replaced_meanwhile_is_no_harm(texts: Texts) -> None:
    capture_id = texts.write(VAN, LAMP)
    texts.deliveries.deliver(texts.send())

    def replaced() -> None:
        analyzed(texts.database, capture_id, [LAMP, DOG], run_no=2)

    texts.provider.before = replaced
    (row,) = texts.rows("embed_texts")
    assert texts.deliveries.deliver(row) is None
    texts.provider.before = lambda: None
    assert texts.embedded() == []
    texts.drain()
    assert texts.embedded() == [DOG, LAMP]
    assert texts.due() == []


def test_a_batch_of_a_model_that_was_retired_is_skipped(texts: Texts) -> None:
    texts.write(VAN)
    texts.deliveries.deliver(texts.send())
    texts.database.rows("UPDATE scout.embedding_models SET state = 'retired', retired_at = now()")
    (row,) = texts.rows("embed_texts")
    assert texts.deliveries.deliver(row) is None
    assert texts.provider.asked == []
    assert texts.due() == []
    assert texts.database.rows("SELECT state FROM scout.embedding_batches") == [("skipped",)]
