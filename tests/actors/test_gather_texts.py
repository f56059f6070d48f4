"""What waits to be embedded is put together: soon, once, and even if a message is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fix_clock import HandClock
from fix_embeddings import observed

from scout_workers import gathering
from scout_workers.store import cameras, embedding_queue, organizations, profiles

if TYPE_CHECKING:
    from fix_embeddings import Texts

WAITING = "SELECT queue, actor, state FROM scout_broker.message ORDER BY id"


@pytest.fixture
def store_url(vector_url: str) -> str:
    """A database that has vectors."""
    return vector_url


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight to it."""
    return store_url


def test_whoever_asks_within_a_few_seconds_shares_one_delayed_message(texts: Texts) -> None:
    clock = HandClock()
    gather = gathering.Gathering(clock)

    def finishes() -> None:
        with texts.store.transaction() as tx:
            gather.soon(texts.store, tx)

    for _ in range(20):
        finishes()
    assert texts.database.rows(WAITING) == [("embeddings", "gather_texts", "scheduled")]
    clock.now += gathering.EVERY_SECONDS
    finishes()
    assert len(texts.database.rows(WAITING)) == 2


def test_a_message_waits_longer_than_the_time_others_rely_on_it() -> None:
    assert gathering.DELAY_MS / 1000 > gathering.EVERY_SECONDS


def test_whoever_fails_leaves_the_message_to_the_next(texts: Texts) -> None:
    gather = gathering.Gathering(HandClock())

    def fails() -> None:
        with texts.store.transaction() as tx:
            gather.soon(texts.store, tx)
            raise LookupError

    with pytest.raises(LookupError):
        fails()
    assert texts.database.rows(WAITING) == []
    with texts.store.transaction() as tx:
        gather.soon(texts.store, tx)
    assert len(texts.database.rows(WAITING)) == 1


def test_a_finished_capture_leads_to_its_vectors_by_itself(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_process", gathering.Gathering())
    deliveries = texts.deliveries
    deliveries.deliver(deliveries.send(deliveries.capture()))
    assert deliveries.waiting() == ["broadcast_event", "gather_texts"]
    texts.drain()
    assert texts.embedded() == ["A white van.", "The lamp is on."]


def test_every_organization_and_lane_has_batches_of_its_own(texts: Texts) -> None:
    texts.write("Seen by Acme.")
    yard = texts.deliveries.yard
    with texts.store.transaction() as tx:
        bolt = organizations.find_or_create(tx, "Bolt")
        camera = cameras.find_or_create(tx, bolt, "dock")
        profiles.ensure_active(
            tx, bolt, camera, provider="counting", model="counting-v1", instructions=""
        )
    observed(
        texts.database,
        replace(yard, organization_id=bolt, camera_id=camera),
        2,
        ["Seen by Bolt."],
    )
    texts.database.rows(
        "INSERT INTO scout.embedding_models (provider, model, dimensions) VALUES ('a', 'b', 3)"
    )
    texts.write("Seen by Acme again.", number=3)
    texts.database.rows(
        "UPDATE scout.embedding_due SET lane = 'backfill' WHERE model_id = "
        "(SELECT id FROM scout.embedding_models WHERE provider = 'a')"
    )
    texts.deliveries.deliver(texts.send())
    assert texts.database.rows(
        "SELECT o.name, m.provider, b.lane, count(*) FROM scout.embedding_batches b "
        "JOIN scout.organizations o ON o.id = b.organization_id "
        "JOIN scout.embedding_models m ON m.id = b.model_id "
        "JOIN scout.embedding_due d ON d.batch_id = b.id "
        "GROUP BY b.id, 1, 2, 3 ORDER BY 1, 2"
    ) == [
        ("Acme", "a", "backfill", 1),
        ("Acme", "local", "live", 2),
        ("Bolt", "local", "live", 1),
    ]
    assert texts.database.rows(WAITING) == [
        ("embeddings", "embed_texts", "ready"),
        ("embeddings", "embed_texts", "ready"),
        ("backfill", "embed_texts", "ready"),
    ]


def test_a_backlog_waits_in_its_table_and_is_followed_up_batch_by_batch(texts: Texts) -> None:
    texts.write("The first.")
    texts.database.rows(
        "INSERT INTO scout.search_texts (organization_id, source_kind, source_id, observed_at, "
        "severity, body, content_hash) SELECT organization_id, 'insight', gen_random_uuid(), "
        "now(), 'info', 'Insight ' || n, sha256(n::text::bytea) "
        "FROM scout.search_texts, generate_series(1, 1100) n WHERE source_kind = 'observation'"
    )
    texts.deliveries.deliver(texts.send())
    assert len(texts.rows("embed_texts")) == embedding_queue.OPEN_BATCHES
    texts.deliveries.deliver(texts.rows("embed_texts")[0])
    (following,) = texts.rows("gather_texts")
    texts.deliveries.deliver(following)
    assert len(texts.rows("embed_texts")) == embedding_queue.OPEN_BATCHES
    texts.drain()
    assert len(texts.embedded()) == 1101


def test_a_batch_whose_message_is_lost_is_sent_again_after_an_hour(texts: Texts) -> None:
    texts.write("Anything.")
    texts.deliveries.deliver(texts.send())
    texts.database.rows("DELETE FROM scout_broker.message")
    texts.deliveries.deliver(texts.send())
    assert texts.rows("embed_texts") == []
    texts.database.rows(
        "UPDATE scout.embedding_batches SET touched_at = now() - interval '61 minutes'"
    )
    texts.drain()
    assert texts.embedded() == ["Anything."]


def test_batches_that_were_settled_long_ago_are_forgotten(texts: Texts) -> None:
    texts.write("Anything.")
    texts.drain()
    texts.database.rows(
        "UPDATE scout.embedding_batches SET settled_at = now() - interval '31 days'"
    )
    texts.drain()
    assert texts.database.value("SELECT count(*) FROM scout.embedding_batches") == 0


def test_where_there_are_no_vectors_nothing_is_gathered(texts: Texts) -> None:
    texts.store._vectors = False
    texts.write("Anything.")
    with texts.store.transaction() as tx:
        gathering.Gathering().soon(texts.store, tx)
    texts.deliveries.deliver(texts.send())
    assert texts.database.rows(WAITING) == []
