"""`scout-workers import`, the real command on a real database and a folder of blobs."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from fix_import import MESSAGES, counted, fill, picture

if TYPE_CHECKING:
    from pathlib import Path

    from fix_cli import CommandLine, MakeCommandLine
    from fix_pgbouncer import MakePgBouncer
    from fix_store import Database


def test_pictures_become_captures_with_a_message_each(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    fill(folder, 60)
    (folder / "deeper").mkdir()
    (folder / "deeper" / "gate_20260314T061500.png").write_bytes(picture(61))

    shown = cli.run("import", folder, "--camera", "yard", "--organization", "Acme")

    assert shown.code == 0, shown.err
    assert counted(shown.out, "imported") == 61
    assert database.value("SELECT count(*) FROM scout.captures WHERE state = 'received'") == 61
    assert database.rows(MESSAGES) == []
    assert database.rows("SELECT queue FROM scout_broker.message GROUP BY 1") == [("processing",)]
    assert database.rows(
        "SELECT o.name, c.name FROM scout.cameras c JOIN scout.organizations o "
        "ON o.id = c.organization_id"
    ) == [("Acme", "yard")]
    assert database.value(
        "SELECT captured_at::text FROM scout.captures "
        "WHERE source = 'deeper/gate_20260314T061500.png'"
    ).startswith("2026-03-14 06:15:00")


def test_an_import_goes_through_pgbouncer(
    make_cli: MakeCommandLine,
    pgbouncer: MakePgBouncer,
    store_url: str,
    folder: Path,
    database: Database,
) -> None:
    fill(folder, 60)
    cli = make_cli(str(pgbouncer(store_url)))

    assert cli.run("import", folder, "--camera", "yard").code == 0
    assert database.value("SELECT count(*) FROM scout.captures") == 60
    assert database.rows(MESSAGES) == []


def test_a_second_import_finds_everything_there(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    fill(folder, 5)
    assert cli.run("import", folder, "--camera", "yard").code == 0
    (folder / "new.jpg").write_bytes(picture(99))

    shown = cli.run("import", folder, "--camera", "yard")

    assert shown.code == 0
    assert counted(shown.out, "imported") == 1
    assert counted(shown.out, "already there") == 5
    assert database.value("SELECT count(*) FROM scout.captures") == 6
    assert database.value("SELECT count(*) FROM scout_broker.message") == 6


def test_a_copy_of_an_undated_picture_is_there_already_whatever_its_files_date(
    cli: CommandLine, folder: Path, tmp_path: Path
) -> None:
    fill(folder, 3)
    assert cli.run("import", folder, "--camera", "yard").code == 0
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    for file in copy.iterdir():
        os.utime(file, (1_600_000_000, 1_600_000_000))

    assert counted(cli.run("import", copy, "--camera", "yard").out, "already there") == 3


def test_a_blob_lies_under_its_organization_camera_day_and_content(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    (folder / "yard_20260314T061500.jpg").write_bytes(picture(1))
    (folder / "undated.jpeg").write_bytes(picture(2))
    assert cli.run("import", folder, "--camera", "yard").code == 0

    rows = database.rows(
        "SELECT organization_id::text, camera_id::text, bucket, key, sha256, source "
        "FROM scout.captures ORDER BY source DESC"
    )
    for (organization, camera, bucket, key, sha256, source), day in zip(
        rows, ("2026/03/14", "undated"), strict=True
    ):
        assert key == f"{organization}/{camera}/{day}/{sha256[:32]}.jpg"
        blob = cli.data_dir / "blobs" / bucket / key
        assert blob.read_bytes() == (folder / source).read_bytes()


def test_a_camera_keeps_its_profile_until_another_is_wished_for(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    active = (
        "SELECT provider, model, instructions FROM scout.profile_versions WHERE state = 'active'"
    )
    fill(folder, 1)
    wish = ("--instructions", "Parcels.", "--model", "local-vision-v1")
    assert cli.run("import", folder, "--camera", "yard", *wish).code == 0
    assert cli.run("import", folder, "--camera", "yard").code == 0
    assert database.rows(active) == [("local", "local-vision-v1", "Parcels.")]

    assert cli.run("import", folder, "--camera", "yard", "--instructions", "Cats.").code == 0
    assert database.rows(active) == [("local", "local-vision-v1", "Cats.")]


def test_stamps_without_an_offset_are_read_in_the_zone_of_the_camera(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    (folder / "20260714_120000.jpg").write_bytes(picture(1))
    zone = ("--time-zone", "America/New_York")

    assert cli.run("import", folder, "--camera", "yard", *zone).code == 0
    assert database.value("SELECT captured_at AT TIME ZONE 'UTC' FROM scout.captures").hour == 16


def test_a_time_zone_nobody_knows_leaves_nothing_behind(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    fill(folder, 1)
    shown = cli.run("import", folder, "--camera", "yard", "--time-zone", "Mars/Base")

    assert shown.code == 2
    assert "'Mars/Base' is no time zone this machine knows" in shown.err
    assert database.value("SELECT count(*) FROM scout.cameras") == 0


def test_history_waits_in_a_queue_of_its_own(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    fill(folder, 1)

    assert cli.run("import", folder, "--camera", "yard", "--historical").code == 0
    assert database.rows("SELECT queue FROM scout_broker.message") == [("backfill",)]
