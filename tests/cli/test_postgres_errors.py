from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from scout_workers import settings
from scout_workers.cli.explanations import explain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECRET = "s3cret-canary"  # noqa: S105 - it must not show anywhere


def told(url: str, *statements: str) -> str:
    """Connect as a command would, and return what a person is told of the failure."""
    values = settings.load(database_url=url)
    with pytest.raises(psycopg.Error) as failed:
        attempt(url, statements)
    explained = explain(failed.value, values)
    assert SECRET not in explained.sentence
    assert explained.exit_code == 3
    return explained.sentence


def attempt(url: str, statements: Sequence[str]) -> None:
    with psycopg.connect(url, connect_timeout=3, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def changed(url: str, *, netloc: str | None = None, path: str | None = None) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=netloc or parts.netloc, path=path or parts.path))


def test_a_port_where_nobody_listens() -> None:
    said = told(f"postgresql://scout:{SECRET}@127.0.0.1:1/scout")

    assert said.startswith("No Postgres answers at 127.0.0.1:1: check host and port in")


def test_a_host_nobody_knows() -> None:
    said = told(f"postgresql://scout:{SECRET}@no-such-host.invalid/scout")

    assert said.startswith("The host 'no-such-host.invalid' has no address: check its spelling")


@pytest.mark.parametrize("port", ["99999", "port"])
def test_a_port_that_is_none(port: str) -> None:
    assert f"The port {port!r} in" in told(f"postgresql://scout:{SECRET}@127.0.0.1:{port}/scout")


def test_a_wrong_password_is_not_shown(postgres_url: str) -> None:
    parts = urlsplit(postgres_url)
    said = told(
        changed(postgres_url, netloc=f"{parts.username}:{SECRET}@{parts.hostname}:{parts.port}")
    )

    assert f"does not accept the user {parts.username!r} with this password" in said


def test_a_database_that_is_not_there(postgres_url: str) -> None:
    assert "has no database 'nowhere': create it" in told(changed(postgres_url, path="/nowhere"))


def test_an_unescaped_at_sign_in_the_password_shows_no_piece_of_it() -> None:
    said = told("postgresql://scout:pass@word-canary@localhost/scout")

    assert "word-canary" not in said
    assert "has more than one @" in said
    assert "%40" in said


def test_tables_that_are_not_there(empty_database: str) -> None:
    assert "run `scout-workers migrate`" in told(empty_database, "SELECT * FROM scout.captures")


def test_a_statement_that_took_too_long(empty_database: str) -> None:
    slow = "SELECT set_config('statement_timeout', '10', false); SELECT pg_sleep(5)"

    assert "took too long" in told(empty_database, slow)


def test_a_server_that_takes_no_changes(empty_database: str) -> None:
    said = told(empty_database, "SET default_transaction_read_only = on", "CREATE TABLE t ()")

    assert "takes no changes (it is a standby, or set read-only)" in said


@pytest.fixture
def lowly(empty_database: str) -> Iterator[str]:
    """The URL of a role that may do next to nothing."""
    role = sql.Identifier("scout_test_lowly")
    parts = urlsplit(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(SECRET))
        )
        yield changed(
            empty_database,
            netloc=f"scout_test_lowly:{SECRET}@{parts.hostname}:{parts.port}",
        )
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


def test_a_role_without_the_right(lowly: str) -> None:
    said = told(lowly, "CREATE SCHEMA scout")

    assert said.startswith("The user 'scout_test_lowly' lacks a right in the database")


def test_a_role_that_may_not_install_pgvector(lowly: str, *, has_pgvector: bool) -> None:
    if not has_pgvector:
        pytest.skip("this server has no pgvector to be forbidden")
    said = told(lowly, "CREATE EXTENSION vector")

    assert "have a superuser run CREATE EXTENSION vector there once" in said


def test_a_server_without_pgvector(empty_database: str, *, has_pgvector: bool) -> None:
    if has_pgvector:
        pytest.skip("this server has pgvector")
    said = told(empty_database, "CREATE EXTENSION vector")

    assert "has no pgvector: install it there" in said
    assert "SCOUT_VECTOR_SEARCH=false" in said
