from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scout_workers.imports.errors import FolderMissingError, NotAFolderError
from scout_workers.imports.walking import SkipKind, Survey, natural_key, printable, survey

if TYPE_CHECKING:
    from pathlib import Path


def put(folder: Path, *names: str, data: bytes = b"x") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def look(folder: Path, max_bytes: int = 1000) -> Survey:
    return survey(folder, max_bytes=max_bytes)


def names(found: Survey) -> list[str]:
    return [picture.name for picture in found.pictures]


def reasons(found: Survey) -> dict[str, tuple[str, SkipKind]]:
    return {skipped.name: (skipped.reason, skipped.kind) for skipped in found.skipped}


def test_pictures_come_folder_by_folder_in_natural_order(tmp_path: Path) -> None:
    put(tmp_path, "yard 10.jpg", "yard 9.jpg", "Yard 2.JPEG", "a/b/1.png", "a/2.webp")

    assert names(look(tmp_path)) == [
        "a/2.webp",
        "a/b/1.png",
        "Yard 2.JPEG",
        "yard 9.jpg",
        "yard 10.jpg",
    ]


def test_a_link_to_a_parent_is_no_endless_loop_and_no_second_reading(tmp_path: Path) -> None:
    put(tmp_path, "a/1.jpg")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "a")

    assert names(look(tmp_path)) == ["a/1.jpg"]


def test_a_linked_folder_and_a_linked_picture_are_followed(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/1.jpg", "one.jpg")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "two.jpg").symlink_to(tmp_path / "one.jpg")

    assert names(look(folder)) == ["linked/1.jpg", "two.jpg"]


def test_what_is_no_picture_is_skipped_with_its_reason_and_is_no_loss(tmp_path: Path) -> None:
    put(tmp_path, "notes.txt", "Makefile", ".hidden.jpg", ".cache/1.jpg", "@eaDir/1.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")

    found = look(tmp_path)

    assert names(found) == []
    assert reasons(found) == {
        "notes.txt": ("no picture (.txt)", SkipKind.NO_PICTURE),
        "Makefile": ("no picture (no extension)", SkipKind.NO_PICTURE),
        ".hidden.jpg": ("hidden", SkipKind.NO_PICTURE),
        ".cache": ("hidden", SkipKind.NO_PICTURE),
        "@eaDir": ("hidden", SkipKind.NO_PICTURE),
        "pipe.jpg": ("not an ordinary file", SkipKind.NO_PICTURE),
    }


def test_a_picture_that_cannot_be_taken_is_a_loss_and_says_why(tmp_path: Path) -> None:
    put(tmp_path, "phone.HEIC")
    put(tmp_path, "large.jpg", data=b"x" * 2_000_000)
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere")

    assert reasons(look(tmp_path, max_bytes=1_000_000)) == {
        "phone.HEIC": (
            "HEIC pictures are not read: convert it to JPEG, PNG or WebP",
            SkipKind.PICTURE,
        ),
        "large.jpg": ("2.0 MB: larger than the 1.0 MB allowed", SkipKind.PICTURE),
        "gone.jpg": ("a link to nothing", SkipKind.PICTURE),
    }


def test_an_empty_picture_is_still_found_so_that_nothing_is_lost(tmp_path: Path) -> None:
    put(tmp_path, "empty.jpg", data=b"")

    assert names(look(tmp_path)) == ["empty.jpg"]


def test_a_name_no_terminal_or_database_takes_is_escaped(tmp_path: Path) -> None:
    put(tmp_path, "red\x1b[31m\n.jpg")
    with open(os.fsencode(tmp_path) + b"/caf\xe9.jpg", "wb"):  # noqa: PTH123 - a Path cannot hold these bytes
        pass

    assert names(look(tmp_path)) == ["caf\\xe9.jpg", "red\\x1b[31m\\n.jpg"]
    assert printable("Überwachung 1.jpg") == "Überwachung 1.jpg"


def test_a_folder_that_is_not_there_and_a_file_are_told_apart(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")

    with pytest.raises(FolderMissingError, match="There is no folder"):
        look(tmp_path / "nowhere")
    with pytest.raises(NotAFolderError, match="is a file, not a folder"):
        look(tmp_path / "1.jpg")


def test_numbers_in_names_are_read_as_numbers() -> None:
    assert sorted(["b1", "a10", "A9", "a9b"], key=natural_key) == ["A9", "a9b", "a10", "b1"]
