"""What can be wrong with a folder before anything is imported.

ImportFolderError
├── FolderMissingError      nothing has that name
├── NotAFolderError         it is a file
├── FolderUnreadableError   this user must not read it
├── NoPicturesError         there is not one picture in it
└── TimeZoneError           nobody knows what time its cameras' clocks tell
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ImportFolderError(Exception):
    """The folder cannot be imported; the message says why and what to do."""


class FolderMissingError(ImportFolderError):
    """Nothing has that name."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"There is no folder {str(folder)!r}: check the path, it must exist already."
        )


class NotAFolderError(ImportFolderError):
    """It is a file."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{str(folder)!r} is a file, not a folder: name the folder the pictures are in.",
        )


class FolderUnreadableError(ImportFolderError):
    """This user must not read it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The folder {str(folder)!r} must not be read by this user: check who owns it."
        )


class NoPicturesError(ImportFolderError):
    """There is not one picture in it."""

    def __init__(self, folder: Path, others: int) -> None:
        found = f"only {others} other file{'s' * (others != 1)}" if others else "it is empty"
        super().__init__(
            f"There are no pictures in {str(folder)!r} ({found}): name a folder that has .jpg, "
            ".jpeg, .png or .webp files in it or below it.",
        )


class TimeZoneError(ImportFolderError):
    """Nobody knows what time its cameras' clocks tell."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is no time zone this machine knows: write one like Europe/Berlin "
            "(--time-zone), and see that the package tzdata is installed.",
        )
