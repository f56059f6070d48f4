"""What an import says of the pictures it cannot use, and that it keeps them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fix_import import MESSAGES, counted, fill, four_hundred_megapixels, picture

if TYPE_CHECKING:
    from pathlib import Path

    from fix_cli import CommandLine
    from fix_store import Database


def test_bad_pictures_are_kept_and_named_and_nothing_is_lost(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    fill(folder, 2)
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "page.jpg").write_text("<!doctype html><title>404</title>")
    (folder / "huge.png").write_bytes(four_hundred_megapixels())
    (folder / "notes.txt").write_text("no picture")
    (folder / "phone.heic").write_bytes(b"ftypheic")
    with (folder / "large.jpg").open("wb") as file:
        file.truncate(21_000_000)

    shown = cli.run("import", folder, "--camera", "yard")

    assert shown.code == 1
    assert counted(shown.out, "imported") == 5
    assert counted(shown.out, "will be refused") == 3
    assert counted(shown.out, "skipped") == 2
    for name, why in {
        "empty.jpg": "the file is empty",
        "page.jpg": "HTML",
        "huge.png": "400 megapixels; the limit is 40",
        "phone.heic": "HEIC pictures are not read: convert it",
        "large.jpg": "21.0 MB: larger than the 20.0 MB allowed",
    }.items():
        assert any(name in line and why in line for line in shown.out.splitlines()), shown.out
    assert "no picture (.txt)   notes.txt" in shown.out
    assert database.value("SELECT count(*) FROM scout.captures") == 5
    assert database.rows(MESSAGES) == []


def test_a_second_import_of_bad_pictures_says_so_again(cli: CommandLine, folder: Path) -> None:
    (folder / "empty.jpg").write_bytes(b"")
    assert cli.run("import", folder, "--camera", "yard").code == 1

    shown = cli.run("import", folder, "--camera", "yard")

    assert shown.code == 1
    assert counted(shown.out, "already there") == 1
    assert "the file is empty" in shown.out


def test_other_files_are_passed_over_and_no_failure(cli: CommandLine, folder: Path) -> None:
    fill(folder, 1)
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden.jpg").write_bytes(b"")

    assert cli.run("import", folder, "--camera", "yard").code == 0


def test_the_report_for_programs(cli: CommandLine, folder: Path) -> None:
    fill(folder, 2)
    (folder / "empty.jpg").write_bytes(b"")

    shown = cli.run("import", folder, "--camera", "yard", "--json")

    report = json.loads(shown.out)
    assert report["imported"] == 3
    assert [each["name"] for each in report["refused"]] == ["empty.jpg"]


def test_the_same_picture_under_another_name_is_kept_once_and_said(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    fill(folder, 2)
    (folder / "again.jpg").write_bytes(picture(1))

    shown = cli.run("import", folder, "--camera", "yard")

    assert shown.code == 0
    assert counted(shown.out, "imported") == 2
    assert "1 of these, like yard_1.jpg, the same picture as again.jpg" in shown.out
    assert database.value("SELECT count(*) FROM scout.captures") == 2
