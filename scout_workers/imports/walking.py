"""The pictures below a folder, in the order a person would read their names."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scout_workers.imports.errors import FolderMissingError, FolderUnreadableError, NotAFolderError

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jpe": "image/jpeg",
    ".jfif": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
# Pictures all the same, of a kind no model is sent: their owner must hear of it.
_OTHER_PICTURES = frozenset(
    {".avif", ".bmp", ".cr2", ".dng", ".gif", ".heic", ".heif", ".jp2", ".nef", ".tif", ".tiff"}
)


class SkipKind(StrEnum):
    """Whether a skipped file is a loss."""

    NO_PICTURE = "no_picture"  # a text file, a hidden file: nobody expects it to be imported
    PICTURE = "picture"  # somebody will miss it: too large, not readable, of another format


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is not imported, and why."""

    name: str
    reason: str
    kind: SkipKind


@dataclass(frozen=True, slots=True)
class Found:
    """A file that by its name is a picture.

    Attributes:
        path: Where it lies.
        name: The path below the imported folder with `/` between the parts, fit to be stored
            and shown: no control characters, valid UTF-8.
        size: Bytes.
        mtime: Seconds since 1970.
    """

    path: Path
    name: str
    size: int
    mtime: float

    @property
    def extension(self) -> str:
        """The extension in lower case, with its dot: a key of `PICTURES`."""
        return PurePosixPath(self.name).suffix.lower()


@dataclass(slots=True)
class Survey:
    """Everything below a folder: what is to be imported and what is not."""

    pictures: list[Found] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def skipped_pictures(self) -> int:
        """How many pictures somebody will miss."""
        return sum(each.kind is SkipKind.PICTURE for each in self.skipped)


def survey(folder: Path, *, max_bytes: int) -> Survey:
    """List the pictures below `folder`, folder by folder, each in natural order.

    Links are followed, each real folder once, so that a link to a parent is no endless loop.
    Hidden files and folders are left out.

    Args:
        folder: Where to look.
        max_bytes: Larger files are skipped.

    Raises:
        FolderMissingError: Nothing has that name.
        NotAFolderError: It is a file.
        FolderUnreadableError: The folder itself must not be read.
    """
    try:
        if not folder.exists():
            raise FolderMissingError(folder)
        if not folder.is_dir():
            raise NotAFolderError(folder)
        with os.scandir(folder):
            pass
    except PermissionError as error:
        raise FolderUnreadableError(folder) from error
    result = Survey()
    for item in _walk(folder, max_bytes):
        if isinstance(item, Found):
            result.pictures.append(item)
        else:
            result.skipped.append(item)
    return result


def natural_key(name: str) -> tuple[list[str | int], str]:
    """Sort key that puts `yard 9.jpg` before `yard 10.jpg`, whatever the case of the letters."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [int(part) if index % 2 else part for index, part in enumerate(parts)], name


def printable(name: str) -> str:
    """Make a file name fit for a database and a terminal: escapes stand for what neither takes."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _walk(top: Path, max_bytes: int) -> Iterator[Found | Skipped]:
    seen: set[tuple[int, int]] = set()
    waiting = [top]
    while waiting:
        path = waiting.pop()
        relative = "/".join(path.parts[len(top.parts) :])
        name = printable(relative) or "."
        if path is not top and (path.name.startswith(".") or path.name == "@eaDir"):
            yield Skipped(name, "hidden", SkipKind.NO_PICTURE)
            continue
        try:
            about = path.stat()
            if not stat.S_ISDIR(about.st_mode):
                yield _judge(path, name, about, max_bytes)
            elif (identity := (about.st_dev, about.st_ino)) not in seen:
                seen.add(identity)
                inside = sorted(path.iterdir(), key=lambda item: natural_key(item.name))
                waiting.extend(reversed(inside))
        except OSError as error:
            yield Skipped(name, why_unreadable(error), _kind(name))


def _judge(path: Path, name: str, about: os.stat_result, max_bytes: int) -> Found | Skipped:
    extension = PurePosixPath(name).suffix.lower()
    if extension in _OTHER_PICTURES:
        reason = f"{extension[1:].upper()} pictures are not read: convert it to JPEG, PNG or WebP"
        return Skipped(name, reason, SkipKind.PICTURE)
    if extension not in PICTURES:
        return Skipped(name, f"no picture ({extension or 'no extension'})", SkipKind.NO_PICTURE)
    if not stat.S_ISREG(about.st_mode):
        return Skipped(name, "not an ordinary file", SkipKind.NO_PICTURE)
    if about.st_size > max_bytes:
        reason = f"{about.st_size / 1e6:.1f} MB: larger than the {max_bytes / 1e6:.1f} MB allowed"
        return Skipped(name, reason, SkipKind.PICTURE)
    return Found(path, name, about.st_size, about.st_mtime)


def _kind(name: str) -> SkipKind:
    # What cannot be looked at may be a folder of pictures; a name that says otherwise is believed.
    extension = PurePosixPath(name).suffix.lower()
    if not extension or extension in PICTURES:
        return SkipKind.PICTURE
    return SkipKind.NO_PICTURE


def why_unreadable(error: OSError) -> str:
    """Put into words why a file could not be looked at."""
    if isinstance(error, FileNotFoundError):
        return "a link to nothing"
    if isinstance(error, PermissionError):
        return "must not be read by this user: check its permissions"
    return error.strerror or str(error)
