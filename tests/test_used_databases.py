from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from fix_postgres import database_url
from used_databases import UsedDatabases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_postgres import Template

SCHEMA = """
CREATE TABLE seed (version bigint GENERATED ALWAYS AS IDENTITY);
INSERT INTO seed DEFAULT VALUES;
CREATE TABLE camera (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE capture (camera bigint NOT NULL REFERENCES camera);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'for ever'; END $$;
CREATE TRIGGER for_ever BEFORE DELETE ON capture FOR EACH ROW EXECUTE FUNCTION refuse();
"""
WRITE = """
INSERT INTO camera (name) VALUES ('yard'), ('gate');
SELECT nextval('seed_version_seq');
INSERT INTO capture SELECT id FROM camera;
ANALYZE;
"""


@pytest.fixture
def seeded(template: Template) -> str:
    def build(url: str) -> None:
        with psycopg.connect(url) as connection:
            connection.execute(SCHEMA)

    return template("seeded", build)


@pytest.fixture
def used(postgres_url: str) -> Iterator[UsedDatabases]:
    made = UsedDatabases(postgres_url)
    yield made
    made.close()


def _run(server: str, name: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database_url(server, name), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


OID = "SELECT oid FROM pg_database WHERE datname = current_database()"


def test_a_database_that_was_written_to_is_used_again_as_it_was_at_first(
    used: UsedDatabases, seeded: str, postgres_url: str
) -> None:
    first = used.take(seeded)
    _run(postgres_url, first, WRITE)
    (oid,) = _run(postgres_url, first, OID)
    with psycopg.connect(database_url(postgres_url, first)) as left_behind:
        used.give_back(first, seeded)
        with pytest.raises(psycopg.OperationalError):
            left_behind.execute("INSERT INTO camera (name) VALUES ('late')")

    again = used.take(seeded)
    assert _run(postgres_url, again, OID) == [oid]
    assert _run(postgres_url, again, "SELECT * FROM camera, capture") == []
    assert _run(postgres_url, again, "SELECT version FROM seed") == [(1,)]
    assert _run(postgres_url, again, "INSERT INTO seed DEFAULT VALUES RETURNING version") == [(2,)]
    assert _run(postgres_url, again, "INSERT INTO camera (name) VALUES ('a') RETURNING id") == [
        (1,)
    ]
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        _run(postgres_url, again, "INSERT INTO capture VALUES (7)")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(database_url(postgres_url, first))
    used.drop(again)


UNCLEANABLE = """
UPDATE seed SET version = DEFAULT
DELETE FROM seed
CREATE TABLE another ()
DROP TABLE capture
ALTER TABLE camera ADD COLUMN place text
ALTER TABLE camera SET (autovacuum_enabled = false)
ALTER TABLE camera DROP CONSTRAINT camera_pkey CASCADE
ALTER TABLE capture DISABLE TRIGGER for_ever
CREATE INDEX by_name ON camera (name)
CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'
GRANT SELECT ON camera TO PUBLIC
CREATE SCHEMA another
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 64', current_database()); END $$
INSERT INTO camera (name) SELECT md5(n::text) FROM generate_series(1, 200000) n
"""


def test_a_database_that_cannot_be_cleaned_is_not_used_again(
    used: UsedDatabases, seeded: str, postgres_url: str
) -> None:
    missed = []
    name = used.take(seeded)
    for statement in UNCLEANABLE.strip().splitlines():
        before = _run(postgres_url, name, OID)
        _run(postgres_url, name, statement)
        used.give_back(name, seeded)
        name = used.take(seeded)
        if _run(postgres_url, name, OID) == before:
            missed.append(statement)
    used.drop(name)
    assert missed == []
