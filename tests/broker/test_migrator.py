"""Migrations: once each, whole or not at all, however many apply them, never on a wrong base."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fix_broker import rows

from scout_workers.broker import (
    ChangedMigrationError,
    MigrationError,
    Migrator,
    NewerDatabaseError,
    migrate,
)

if TYPE_CHECKING:
    from pathlib import Path


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
