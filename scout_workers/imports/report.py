"""What became of every file of an import."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from scout_workers.imports.walking import SkipKind

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.imports.timestamps import StampSource
    from scout_workers.imports.walking import Found, Skipped


class Outcome(StrEnum):
    """What became of one picture."""

    IMPORTED = "imported"
    ALREADY_THERE = "already there"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A picture that is stored, and that no model will ever be paid to look at.

    Attributes:
        name: Its path below the folder.
        reason: What a worker will mark it unreadable for.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A picture whose very bytes are there already under another name, of the same camera and day.

    Attributes:
        name: Its path below the folder.
        same_as: The name of the picture that is there.
    """

    name: str
    same_as: str


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    Attributes:
        duplicates: Those of the pictures already there that have another name there.
        refused: Pictures among those imported or already there that will not be analysed.
        skipped: Files that were not imported.
        dated_by: How many of the pictures that are there got their date from where.
    """

    organization_id: UUID
    camera_id: UUID
    found: int
    imported: int = 0
    already_there: int = 0
    duplicates: list[Duplicate] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    dated_by: Counter[StampSource] = field(default_factory=Counter)

    @property
    def bad_pictures(self) -> bool:
        """Whether somebody will miss a picture: one was refused, or one was skipped."""
        return bool(self.refused) or any(each.kind is SkipKind.PICTURE for each in self.skipped)


class Watcher(Protocol):
    """Somebody who watches an import."""

    def begin(self, pictures: int) -> None:
        """Learn how many pictures there are."""
        ...

    def took(self, picture: Found, outcome: Outcome) -> None:
        """Learn what became of one; an imported picture is safe when this is called."""
        ...


class Nobody:
    """Watches nothing."""

    def begin(self, pictures: int) -> None:
        """See `Watcher`."""

    def took(self, picture: Found, outcome: Outcome) -> None:
        """See `Watcher`."""
