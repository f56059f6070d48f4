from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from fix_postgres import database_from

if TYPE_CHECKING:
    from fix_postgres import MakeDatabase, Template


def test_an_empty_database_is_empty_and_takes_a_table(empty_database: str) -> None:
    with psycopg.connect(empty_database) as connection:
        connection.execute("CREATE TABLE mark ()")
        row = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace",
        ).fetchone()
    assert row == (1,)


def test_a_database_is_dropped_although_somebody_is_still_connected(postgres_url: str) -> None:
    with database_from(postgres_url) as url:
        connection = psycopg.connect(url, autocommit=True)
    with connection, pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_a_template_is_built_once_and_its_clones_are_apart(
    template: Template,
    make_database: MakeDatabase,
) -> None:
    built = []

    def build(url: str) -> None:
        built.append(url)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE mark AS SELECT 1 AS n")

    clones = [make_database(template("marked", build)) for _ in range(2)]

    with psycopg.connect(clones[0]) as connection:
        connection.execute("INSERT INTO mark VALUES (2)")
    with psycopg.connect(clones[1]) as connection:
        assert connection.execute("SELECT n FROM mark").fetchall() == [(1,)]
    assert len(built) <= 1


def test_pgvector_is_found_exactly_where_it_can_be_created(
    empty_database: str,
    has_pgvector: bool,  # noqa: FBT001 - a fixture's value
) -> None:
    with psycopg.connect(empty_database) as connection:
        if has_pgvector:
            connection.execute("CREATE EXTENSION vector")
        else:
            with pytest.raises(psycopg.errors.FeatureNotSupported):
                connection.execute("CREATE EXTENSION vector")
