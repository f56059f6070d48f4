"""An import into S3, over real HTTP, and one whose S3 is not to be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fix_import import MESSAGES, fill

if TYPE_CHECKING:
    from pathlib import Path

    from fix_cli import CommandLine
    from fix_store import Database

    from scout_workers.blobs.options import S3Options
    from scout_workers.blobs.s3 import S3Store

CANARY = "canary-s3cret"


def in_bucket(cli: CommandLine, bucket: str, endpoint: str | None, key: str) -> CommandLine:
    return cli.given(
        SCOUT_BLOBS__URL=f"s3://{bucket}/pictures",
        SCOUT_BLOBS__ENDPOINT_URL=endpoint,
        SCOUT_BLOBS__REGION="us-east-1",
        SCOUT_BLOBS__PATH_STYLE="true",
        SCOUT_BLOBS__ACCESS_KEY_ID="id",
        SCOUT_BLOBS__SECRET_ACCESS_KEY=key,
    )


def test_pictures_go_to_the_bucket_and_are_found_there_again(
    cli: CommandLine,
    folder: Path,
    database: Database,
    s3_store: S3Store,
    s3_options: S3Options,
) -> None:
    fill(folder, 60)
    bucket = s3_store.ref("any").bucket
    there = in_bucket(cli, bucket, s3_options.endpoint_url, s3_options.secret_access_key or "")

    first = there.run("import", folder, "--camera", "yard")
    second = there.run("import", folder, "--camera", "yard")
    doctor = there.run("doctor")

    assert first.code == 0, first.err
    assert "already there  60" in second.out
    assert doctor.code == 0, doctor.out
    assert database.rows(MESSAGES) == []
    rows = database.rows("SELECT bucket, key, id::text FROM scout.captures")
    assert len(rows) == 60
    assert {name for name, _, _ in rows} == {bucket}
    assert all(key.startswith("pictures/") for _, key, _ in rows)
    shown = there.run("captures", "show", rows[0][2])
    assert f"s3://{bucket}/{rows[0][1]}" in shown.out


def test_without_its_s3_an_import_says_so_and_leaves_no_capture(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    fill(folder, 3)
    nowhere = in_bucket(cli, "pictures", "http://127.0.0.1:1", CANARY)

    shown = nowhere.run("import", folder, "--camera", "yard")
    verbose = nowhere.run("import", folder, "--camera", "yard", "--verbose")

    assert shown.code == verbose.code == 3
    assert shown.err.startswith("Error: ")
    assert shown.err.count("\n") == 1
    assert "127.0.0.1:1" in shown.err
    assert "Traceback" in verbose.err
    assert CANARY not in shown.err + verbose.err
    assert database.value("SELECT count(*) FROM scout.captures") == 0
