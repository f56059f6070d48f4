"""Migrations: once each, whole or not at all, however many apply them, never on a wrong base."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import dramatiq
import pytest
from fix_broker import rows, usual_middleware, working

from scout_workers.broker import (
    MIGRATIONS,
    ChangedMigrationError,
    MigrationError,
    Migrator,
    NewerDatabaseError,
    PostgresBroker,
    migrate,
)

if TYPE_CHECKING:
    from pathlib import Path

MESSAGES = """
SELECT id, seq, message_id, dedup_key, queue, actor, priority, state, available_at, enqueued_at,
       attempt, rescues, payload
FROM scout_broker.message ORDER BY seq
"""
MAY_SEND = """
SELECT role, has_function_privilege(role, 'scout_broker.enqueue'::regproc, 'EXECUTE')
FROM unnest(ARRAY['pg_monitor', 'pg_read_all_data']) role
"""


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        (path / f"{name.removeprefix('m')}.sql").write_text(text)
    return path


def migrator(url: str, files: Path) -> Migrator:
    return Migrator(url, schema="scout_test", folder=files)


def test_pending_files_are_applied_in_order_and_only_once(
    empty_database: str, tmp_path: Path
) -> None:
    files = folder(tmp_path, m0001_table="CREATE TABLE t (n int); INSERT INTO t VALUES (1);")
    assert migrator(empty_database, files).apply() == 1
    folder(tmp_path, m0002_more="INSERT INTO t VALUES (2)")
    assert [row.applied_at is None for row in migrator(empty_database, files).status()] == [
        False,
        True,
    ]
    assert migrator(empty_database, files).apply() == 1
    assert migrator(empty_database, files).apply() == 0
    assert rows(empty_database, "SELECT n FROM scout_test.t ORDER BY n") == [(1,), (2,)]


@pytest.mark.heavy
def test_ten_processes_at_once_apply_each_file_once(empty_database: str) -> None:
    program = "import sys; from scout_workers.broker import migrate; print(migrate(sys.argv[1]))"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty_database], stdout=subprocess.PIPE, text=True
        )
        for _ in range(10)
    ]
    applied = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(applied) == len(rows(empty_database, "SELECT * FROM scout_broker.migration"))
    assert all(process.returncode == 0 for process in processes)


def test_an_edited_file_is_refused(empty_database: str, tmp_path: Path) -> None:
    migrator(empty_database, folder(tmp_path, m0001_table="CREATE TABLE t (n int)")).apply()
    folder(tmp_path, m0001_table="CREATE TABLE t (n bigint)")
    with pytest.raises(ChangedMigrationError, match="0001 table of scout_test was edited"):
        migrator(empty_database, tmp_path).apply()


def test_a_database_from_the_future_is_refused(empty_database: str, tmp_path: Path) -> None:
    files = folder(tmp_path, m0001_a="SELECT 1", m0002_b="SELECT 1")
    migrator(empty_database, files).apply()
    (tmp_path / "0002_b.sql").unlink()
    with pytest.raises(NewerDatabaseError, match="is at version 2, this release knows 1"):
        migrator(empty_database, tmp_path).apply()


def test_of_a_file_that_fails_nothing_remains(empty_database: str, tmp_path: Path) -> None:
    files = folder(tmp_path, m0001_half="CREATE TABLE t (n int); SELECT 1 / 0;")
    with pytest.raises(MigrationError, match=r"0001 half of scout_test failed: division by zero"):
        migrator(empty_database, files).apply()
    assert rows(empty_database, "SELECT to_regnamespace('scout_test')") == [(None,)]


def test_a_gap_in_the_numbers_is_refused(empty_database: str, tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="migration 0001 is missing"):
        migrator(empty_database, folder(tmp_path, m0002_b="SELECT 1"))


def test_migrating_twice_changes_nothing(empty_database: str) -> None:
    assert migrate(empty_database) > 0
    assert migrate(empty_database) == 0


def test_an_upgrade_keeps_the_messages_there_are_and_who_may_send(
    empty_database: str, tmp_path: Path
) -> None:
    files = [
        file for file in MIGRATIONS.iterdir() if file.name[:4] in {"0001", "0002", "0003", "0004"}
    ]
    for file in files:
        (tmp_path / file.name).write_text(file.read_text())
    assert Migrator(empty_database, schema="scout_broker", folder=tmp_path).apply() == 4
    rows(
        empty_database,
        "INSERT INTO scout_broker.message "
        "(message_id, enqueue_key, dedup_key, queue, actor, payload) "
        "SELECT n, gen_random_uuid(), 'key ' || n, 'default', 'note', %s "
        "FROM generate_series(1, 3) n",
        dramatiq.Message("default", "note", (), {}, {}).encode(),
    )
    rows(empty_database, "REVOKE EXECUTE ON FUNCTION scout_broker.enqueue FROM PUBLIC")
    rows(empty_database, "GRANT EXECUTE ON FUNCTION scout_broker.enqueue TO pg_monitor")
    before = rows(empty_database, MESSAGES)

    assert migrate(empty_database) > 0

    assert rows(empty_database, MESSAGES) == before
    assert rows(empty_database, MAY_SEND) == [("pg_monitor", True), ("pg_read_all_data", False)]
    done: list[str] = []
    broker = PostgresBroker(empty_database, middleware=usual_middleware())
    note = dramatiq.actor(broker=broker, actor_name="note")(lambda: done.append("note"))
    note.send()
    note.send_with_options(dedup_key="key 1")  # one that waits already
    with closing(broker), working(broker):
        broker.join("default", timeout=10_000)
    assert len(done) == 4
