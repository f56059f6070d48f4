"""The index of neighbours under a filter: never an empty page, and the plans it is searched by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fix_crowd import ASKED, RARE
from fix_store import straight
from psycopg.sql import SQL

from scout_workers.domain.embeddings import literal
from scout_workers.store import searches
from scout_workers.store.queries import query, vector_query

if TYPE_CHECKING:
    from fix_crowd import Crowd, MakeCrowd
    from psycopg.sql import Composed

    from scout_workers.domain.texts import Scope
    from scout_workers.store import Transaction
    from scout_workers.store.searches import Near

pytestmark = straight

BY_INDEX = SQL("SET LOCAL enable_sort = off")
"""The planner may well compare a handful one by one: here the index is what is tried."""


@pytest.fixture
def store_url(vector_url: str) -> str:
    """A database that has vectors."""
    return vector_url


def _through_the_index(crowd: Crowd) -> list[Near]:
    with crowd.store.transaction() as tx:
        tx.execute(BY_INDEX, {})
        return searches.by_index(tx, crowd.model, crowd.rare, ASKED, limit=10)


def _without_the_setting(crowd: Crowd) -> list[Any]:
    parameters = searches.filters_of(crowd.rare) | {"vector": literal(ASKED), "limit": 10}
    with crowd.store.transaction() as tx:
        tx.execute(BY_INDEX, {})
        return tx.rows(searches.by_index_statement(crowd.model), parameters)


def test_a_rare_camera_among_many_is_found_and_without_the_setting_it_is_not(
    make_crowd: MakeCrowd,
) -> None:
    crowd = make_crowd(3_000)
    assert _without_the_setting(crowd) == []  # the control: an empty page because of the index
    assert len(_through_the_index(crowd)) == RARE
    with crowd.store.transaction() as tx:
        near = searches.nearest(tx, crowd.model, crowd.rare, ASKED, limit=10)
    assert len(near) == RARE


@pytest.mark.heavy
def test_a_rare_camera_among_twenty_thousand_is_found_by_every_way(
    make_crowd: MakeCrowd,
) -> None:
    crowd = make_crowd(20_000)
    assert _without_the_setting(crowd) == []
    assert len(_through_the_index(crowd)) == RARE
    with crowd.store.transaction() as tx:
        for scope, least in ((crowd.rare, RARE), (crowd.crowded, 10), (crowd.whole, 10)):
            assert len(searches.nearest(tx, crowd.model, scope, ASKED, limit=10)) == least
    _hold_plans(crowd)


def test_few_are_compared_exactly_and_in_order(make_crowd: MakeCrowd) -> None:
    crowd = make_crowd(500)
    with crowd.store.transaction() as tx:
        near = searches.nearest(tx, crowd.model, crowd.whole, ASKED, limit=503)
    similar = [each.similarity for each in near]
    assert len(near) == 503
    assert similar == sorted(similar, reverse=True)
    assert similar[0] > 0.9
    assert similar[-1] < 0


def _hold_plans(crowd: Crowd) -> None:
    """What the statements of a search read, at a size that matters."""
    words = query("search_words")
    with crowd.store.transaction() as tx:
        # A rare word by its own index, a frequent one by time: neither reads the table.
        ranked = {"ranked": searches.RANKED, "limit": 200}
        rare = _plan(tx, words, crowd.whole, ranked | {"text": "zebra"})
        assert "search_texts_words" in rare
        frequent = _plan(tx, words, crowd.whole, ranked | {"text": "van"})
        assert "search_texts_by_time" in frequent
        of_camera = _plan(tx, words, crowd.rare, ranked | {"text": "van"})
        assert "search_texts_by_camera_time" in of_camera
        model = {"model_id": crowd.model.id}
        counted = vector_query("embeddings_counted").format()
        assert "embeddings_by_" in _plan(tx, counted, crowd.rare, model | {"most": 10_001})
        compared = vector_query("embeddings_compared").format(vectors=SQL("scout"))
        asked = {"vector": literal(ASKED), "limit": 200, "most": 100_000}
        assert "embeddings_by_camera_time" in _plan(tx, compared, crowd.rare, model | asked)
        nearest = searches.by_index_statement(crowd.model)
        assert "embeddings_nearest_" in _plan(tx, nearest, crowd.whole, asked)


def _plan(
    tx: Transaction, statement: SQL | Composed, scope: Scope, parameters: dict[str, Any]
) -> str:
    """The indexes of a statement's plan; it must read no table from end to end."""
    explain = SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ") + statement
    row = tx.row(explain, searches.filters_of(scope) | parameters)
    assert row is not None
    text = json.dumps(row[0])
    assert "Seq Scan" not in text
    assert row[0][0]["Execution Time"] < 1_000
    return text
