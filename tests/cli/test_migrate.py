from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import psycopg

from scout_workers.store import MIGRATIONS

if TYPE_CHECKING:
    from fix_cli import CommandLine, MakeCommandLine
    from fix_store import Database


def test_a_database_is_brought_up_to_date_once(
    make_cli: MakeCommandLine, empty_database: str
) -> None:
    cli = make_cli(empty_database)

    before = cli.run("migrate", "--status")
    first = cli.run("migrate")
    second = cli.run("migrate")
    after = cli.run("migrate", "--status")

    assert before.code == 1
    assert "pending" in before.out
    assert "run `scout-workers migrate`" in before.err
    assert first.code == 0
    assert re.fullmatch(r"\d+ migrations applied\.\n", first.out)
    assert (second.code, second.out) == (0, "Nothing to do: up to date.\n")
    assert after.code == 0
    assert "pending" not in after.out


def test_the_status_for_programs_names_schema_and_time(cli: CommandLine) -> None:
    rows = json.loads(cli.run("migrate", "--status", "--json").out)

    assert {row["schema"] for row in rows} == {"scout_broker", "scout"}
    assert all(row["applied_at"] for row in rows)


def test_an_edited_migration_is_told_by_name(cli: CommandLine, database: Database) -> None:
    database.rows("UPDATE scout.migration SET checksum = 'other' WHERE version = 1")

    shown = cli.run("migrate")

    assert shown.code == 3
    assert "was edited after it was applied: restore the file" in shown.err
    assert shown.err.count("\n") == 1


def test_a_newer_database_is_told(cli: CommandLine, database: Database) -> None:
    database.rows(
        "INSERT INTO scout.migration (series, version, name, checksum) "
        "VALUES ('core', 999, 'tomorrow', 'x')"
    )

    shown = cli.run("status")
    told = cli.run("migrate")

    assert shown.code == 0  # reading what this release knows of does no harm
    assert told.code == 3
    assert "is at version 999" in told.err
    assert "upgrade" in told.err


def test_migrating_ten_times_at_once_applies_each_file_once(
    make_cli: MakeCommandLine, empty_database: str
) -> None:
    cli = make_cli(empty_database)
    started = [cli.start("migrate") for _ in range(10)]
    codes = []
    for process in started:
        process.communicate(timeout=60)
        codes.append(process.returncode)

    assert codes == [0] * 10
    with psycopg.connect(empty_database) as connection:
        count = connection.execute("SELECT count(*) FROM scout.migration").fetchone()
    assert count == (len([file for file in MIGRATIONS.iterdir() if file.name.endswith(".sql")]),)
