"""Room that tables have and their rows do not need; and how far vacuum is behind with freezing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .database import Database


@dataclass(frozen=True, slots=True)
class TableBloat:
    """A table's size without what is stored apart, and how much of it is to spare, in bytes.

    Attributes:
        spare: By estimate; None: the table was never analysed.
    """

    name: str
    bytes: int
    spare: int | None


@dataclass(frozen=True, slots=True)
class Freezing:
    """The age of the oldest unfrozen transaction id, and that at which vacuum must come."""

    age: int
    due_at: int


def bloat(database: Database) -> list[TableBloat]:
    """Estimate how much room each table of the database's schema has to spare.

    Raises:
        BrokerUnavailableError: The server could not be reached.
    """
    return [TableBloat(*row) for row in database.run("bloat", {"schema": database.schema})]


def freezing(database: Database) -> Freezing:
    """Tell how far freezing is behind.

    Raises:
        BrokerUnavailableError: The server could not be reached.
    """
    (row,) = database.run("freezing", {})
    return Freezing(*row)
