"""Every statement of the source, on the real schema: it plans, it names its schema, it says why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import house_rules as rules
import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[1] / "scout_workers"
QUERIES = sorted(SOURCE.glob("*/queries/*.sql"))
VECTOR_QUERIES = sorted(SOURCE.glob("store/queries_vector/*.sql"))
MIGRATIONS = sorted(SOURCE.glob("*/migrations*/*.sql"))
MODULES = sorted(SOURCE.rglob("*.py"))
BROKER_SCHEMA = "scout_broker"


@pytest.fixture
def planner(store_url: str) -> Iterator[psycopg.Connection]:
    """A connection that finds nothing that is not named with its schema."""
    with psycopg.connect(store_url, autocommit=True, options="-c search_path=") as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        yield connection


def _numbered(statement: str) -> tuple[str, int]:
    """Return the statement as the server sees it, and how many parameters it has."""
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        return f"${names.setdefault(match[1], len(names) + 1)}"

    text = re.sub(r"%\((\w+)\)s", number, statement.replace("{schema}", BROKER_SCHEMA))
    assert "%" not in text.replace("%%", ""), "a parameter is written %(name)s, a % sign %%"
    return text.replace("%%", "%"), len(names)


def _plan(connection: psycopg.Connection, statement: str) -> str:
    text, parameters = _numbered(statement)
    if re.search(r"^COPY\b", text, re.MULTILINE):  # cannot be planned, but it can be fed nothing
        with connection.cursor() as cursor, cursor.copy(text.encode()) as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + b"\xff\xff")
        return ""
    nulls = f"({', '.join(['NULL'] * parameters)})" if parameters else ""
    connection.execute(f"PREPARE planned AS {text}".encode())
    try:
        rows = connection.execute(f"EXPLAIN EXECUTE planned{nulls}".encode()).fetchall()
    finally:
        connection.execute("DEALLOCATE planned")
    return "\n".join(row[0] for row in rows)


def _name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def test_every_statement_plans_on_the_real_schema_and_names_it(
    planner: psycopg.Connection,
) -> None:
    refused = []
    for path in QUERIES:
        try:
            _plan(planner, path.read_text(encoding="utf-8"))
        except psycopg.Error as error:
            refused.append(f"{_name(path)}: {error}")
    assert QUERIES
    assert refused == []


def test_every_statement_on_vectors_plans_and_names_its_schema_and_pgvectors(
    vector_url: str,
) -> None:
    refused = []
    with psycopg.connect(vector_url, autocommit=True, options="-c search_path=") as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        for path in VECTOR_QUERIES:
            text = path.read_text(encoding="utf-8")
            try:
                _plan(connection, text.format(vectors="scout", model_id=1, dimensions=512))
            except psycopg.Error as error:
                refused.append(f"{_name(path)}: {error}")
    assert VECTOR_QUERIES
    assert refused == []


def test_the_control_that_does_not_name_its_schema_is_refused(
    planner: psycopg.Connection,
) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        _plan(planner, "SELECT id FROM captures WHERE id = %(id)s")
    _plan(planner, "SELECT id FROM scout.captures WHERE id = %(id)s")


def test_the_control_that_names_a_column_nobody_has_is_refused(
    planner: psycopg.Connection,
) -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn):
        _plan(planner, "SELECT pixels FROM scout.captures")


def test_every_sql_file_has_its_reason_on_top() -> None:
    found = [
        f"{_name(path)}: {finding}"
        for path in [*QUERIES, *VECTOR_QUERIES, *MIGRATIONS]
        for finding in rules.no_reason_on_top(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_query_is_one_statement() -> None:
    several = [
        _name(path)
        for path in [*QUERIES, *VECTOR_QUERIES]
        if ";" in re.sub(r"--[^\n]*|'[^']*'", "", path.read_text(encoding="utf-8"))
    ]
    assert several == []


def test_every_query_is_run_by_somebody() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert [
        _name(path) for path in [*QUERIES, *VECTOR_QUERIES] if f'"{path.stem}"' not in text
    ] == []


def test_no_statement_leaves_anything_in_a_session() -> None:
    found = [
        f"{_name(path)}: {finding}"
        for path in [*QUERIES, *VECTOR_QUERIES, *MIGRATIONS]
        for finding in rules.session_state(path.read_text(encoding="utf-8"))
    ]
    found += [
        f"{_name(path)}: {finding}"
        for path in MODULES
        # The embedded server is made and stopped on connections that go nowhere else.
        if not path.is_relative_to(SOURCE / "embedded")
        for statement in rules.sql_in_strings(path.read_text(encoding="utf-8"))
        for finding in rules.session_state(statement)
    ]
    assert found == []


def test_sql_in_a_string_of_python_is_found() -> None:
    module = (
        'def f(c):\n    """SELECT is said here only."""\n    c.execute("SET search_path = a")\n'
    )
    (statement,) = rules.sql_in_strings(module)
    assert rules.session_state(statement)
