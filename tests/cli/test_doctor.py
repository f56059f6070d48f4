"""`doctor`: each thing that can be wrong is found, named, and comes with what to do."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from fix_cli import MESSAGE, WORKER

if TYPE_CHECKING:
    from fix_cli import CommandLine, MakeCommandLine
    from fix_store import Database

CANARY = "canary-s3cret"


def findings(cli: CommandLine, code: int) -> dict[str, dict[str, str]]:
    shown = cli.run("doctor", "--json")
    assert shown.code == code, shown.out + shown.err
    return {each["subject"]: each for each in json.loads(shown.out)}


def test_a_healthy_house_has_only_a_missing_worker_to_warn_of(
    cli: CommandLine, postgres_version: int
) -> None:
    found = findings(cli, 0)

    warned = {each["subject"] for each in found.values() if each["level"] != "OK"}
    assert warned == {"workers", "schedules"}  # nobody looks at the clock either
    assert found["workers"]["remedy"] == "start one with `scout-workers worker`"
    assert f"Postgres {postgres_version}." in found["database"]["text"]
    assert ", directly, as " in found["database"]["text"]
    assert "shows as 'scout_app'" in found["application pool"]["text"]
    assert "shows as 'scout_broker'" in found["broker pool"]["text"]
    assert "written, read and deleted" in found["blobs"]["text"]
    assert "SCOUT_VECTOR_SEARCH" in found["settings"]["text"]
    assert "base.toml" in found["settings"]["text"]
    assert found["pooler"]["text"].startswith("none in between")
    assert found["application time-outs"]["text"] == "statement never, idle in transaction never"
    assert "0 living workers may take 0, 1 of the settings 13" in found["connections"]["text"]


def test_people_see_a_line_a_finding_and_what_to_do_under_it(cli: CommandLine) -> None:
    shown = cli.run("doctor")

    assert shown.code == 0
    assert re.search(r"^WARN  workers +none is running$", shown.out, re.MULTILINE)
    assert "      -> start one with `scout-workers worker`\n" in shown.out


def test_a_server_that_does_not_answer_ends_the_examination_of_all_that_rests_on_it(
    make_cli: MakeCommandLine,
) -> None:
    found = findings(make_cli(f"postgresql://scout:{CANARY}@127.0.0.1:1/scout"), 1)

    assert found["server"]["level"] == "ERROR"
    assert found["server"]["text"].startswith("No Postgres answers at 127.0.0.1:1")
    assert found["blobs"]["level"] == "OK"
    assert "migrations" not in found
    assert CANARY not in json.dumps(found)


def test_pending_migrations_are_an_error(make_cli: MakeCommandLine, empty_database: str) -> None:
    found = findings(make_cli(empty_database), 1)

    assert found["migrations"]["level"] == "ERROR"
    assert "run `scout-workers migrate`" in found["migrations"]["remedy"]
    assert "queues" not in found


def test_a_provider_that_is_not_set_up_is_an_error(cli: CommandLine) -> None:
    found = findings(cli.given(SCOUT_MODELS__DESCRIBE__PROVIDER="oracle"), 1)

    assert found["provider oracle"]["level"] == "ERROR"
    assert "'oracle'" in found["provider oracle"]["text"]


def test_a_blob_store_that_cannot_be_written_is_an_error(cli: CommandLine) -> None:
    cli.data_dir.mkdir()
    (cli.data_dir / "blobs").write_text("a file where the folder should be")

    found = findings(cli, 1)

    assert found["blobs"]["level"] == "ERROR"
    assert str(cli.data_dir / "blobs") in found["blobs"]["text"]


def test_a_server_without_pgvector_is_an_error_where_it_is_wanted(
    cli: CommandLine, *, has_pgvector: bool
) -> None:
    found = findings(cli.given(SCOUT_VECTOR_SEARCH="true"), 1)

    if has_pgvector:
        assert found["pgvector"]["level"] == "OK"
        assert "vector" in found["migrations"]["text"]
    else:
        assert found["pgvector"]["level"] == "ERROR"
        assert "SCOUT_VECTOR_SEARCH=false" in found["pgvector"]["remedy"]


def test_too_few_connections_are_warned_of(cli: CommandLine) -> None:
    found = findings(cli.given(SCOUT_WORKER__PROCESSES="100"), 0)

    assert found["connections"]["level"] == "WARN"
    assert "max_connections" in found["connections"]["remedy"]


@pytest.mark.parametrize(
    ("statement", "values", "subject", "words"),
    [
        (MESSAGE, ("forgotten", "ready", 0), "queue forgotten", "nobody serves it"),
        (MESSAGE, ("processing", "ready", -3600), "queue processing", "ready for 1 h 0 min"),
        (WORKER, ("gone", 8, "0.1.0", 3600), "worker gone:8", "no heartbeat for 1 h"),
        (WORKER, ("old", 9, "0.0.1", -3600), "worker old:9", "runs version 0.0.1"),
    ],
)
def test_work_that_does_not_flow_is_warned_of(
    cli: CommandLine,
    database: Database,
    *,
    statement: str,
    values: tuple[object, ...],
    subject: str,
    words: str,
) -> None:
    database.rows(statement, *values)

    found = findings(cli, 0)

    assert found[subject]["level"] == "WARN"
    assert words in found[subject]["text"]
    assert found[subject]["remedy"]


def test_a_clock_that_is_off_is_warned_of(cli: CommandLine, database: Database) -> None:
    # The database's clock is moved for this one function only: it is found first on this path.
    database.rows(
        "CREATE SCHEMA early; CREATE FUNCTION early.clock_timestamp() RETURNS timestamptz "
        "LANGUAGE sql AS $$ SELECT pg_catalog.clock_timestamp() - interval '90 s' $$"
    )
    name = database.value("SELECT current_database()")
    database.rows(f"ALTER DATABASE {name} SET search_path = early, pg_catalog, public")

    found = findings(cli, 0)

    assert found["clock"]["level"] == "WARN"
    assert "differ by 90." in found["clock"]["text"]


def test_every_setting_is_listed_with_its_source_and_no_secret(cli: CommandLine) -> None:
    secret = cli.given(
        SCOUT_BLOBS__ACCESS_KEY_ID=CANARY, SCOUT_BLOBS__SECRET_ACCESS_KEY=CANARY
    ).run("doctor", "--settings")

    assert secret.code == 0
    assert CANARY not in secret.out
    row = next(line for line in secret.out.splitlines() if line.startswith("vector_search"))
    assert row.split() == ["vector_search", "false", "SCOUT_VECTOR_SEARCH"]


def test_schedules_nobody_looks_after_are_warned_of(cli: CommandLine, database: Database) -> None:
    database.rows(
        "INSERT INTO scout.schedules (name, cron, time_zone, actor, misfire, next_at) VALUES"
        " ('sweep', '* * * * *', 'UTC', 'sweep', 'skip', now() - interval '1 hour')"
    )
    found = findings(cli, 0)

    assert found["schedules"]["text"] == "overdue: sweep: nobody looks at the clock"
