"""Tables that stay readable: on a terminal too narrow, each row becomes a block of lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from scout_workers.cli.console import cell, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import Console

# A column that is folded is readable down to this many characters.
_LEAST_FOLDED = 16
_PADDING = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        right: Numbers stand at the right.
        fold: Long texts may take several lines; other columns are never folded or cut.
        style: Gives a value its rich style.
    """

    title: str
    right: bool = False
    fold: bool = False
    style: Callable[[object], str] = lambda _: ""


def right(*titles: str) -> tuple[Column, ...]:
    """Return a column for each title whose values stand at the right."""
    return tuple(Column(title, right=True) for title in titles)


def show_table(
    console: Console,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
) -> None:
    """Print rows as a table, or as blocks of lines where the terminal is too narrow for it."""
    if title:
        console.print(Text(title, style="bold"))
    if _least_width(columns, rows) <= console.width:
        console.print(_table(columns, rows))
        return
    for row in rows:
        show_fields(
            console,
            [
                (column.title, value)
                for column, value in zip(columns, row, strict=True)
                if column.title or value
            ],
        )
        console.print()


def show_fields(console: Console, fields: Iterable[tuple[str, object]]) -> None:
    """Print named values, one a line, the values under each other."""
    grid = Table.grid(padding=(0, _PADDING))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for name, value in fields:
        grid.add_row(cell(name), value if isinstance(value, Text) else cell(value))
    console.print(grid)


def _table(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=not column.fold,
            overflow="fold",
        )
    for row in rows:
        table.add_row(
            *(cell(value, column.style(value)) for column, value in zip(columns, row, strict=True))
        )
    return table


def _least_width(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> int:
    """Return the narrowest terminal, in characters, on which the table can be read."""
    total = _PADDING * len(columns)
    for index, column in enumerate(columns):
        widest = max([len(column.title), *(cell(row[index]).cell_len for row in rows)])
        total += min(widest, _LEAST_FOLDED) if column.fold else widest
    return total


def short(identity: object) -> str:
    """Return the first eight digits of an id: enough to name it on the command line."""
    return plain(identity)[:8]
