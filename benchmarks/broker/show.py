"""What a measure found, on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich.table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from .results import Bar, Section

VERDICTS = {True: "[green]ok[/]", False: "[red]missed[/]", None: "[yellow]not measured[/]"}


def section(console: Console, found: Section) -> None:
    """Print the tables, the notes and the bars of one measure."""
    for table in found.tables:
        shown = rich.table.Table(title=table.title, title_justify="left")
        for place, column in enumerate(table.columns):
            shown.add_column(column, justify="right" if place else "left")
        for row in table.rows:
            shown.add_row(*row)
        console.print(shown)
    for note in found.notes:
        console.print(note, markup=False)
    bars(console, found.bars)


def bars(console: Console, found: Iterable[Bar]) -> None:
    """Print bars and how they were met."""
    shown = rich.table.Table("measure", "bar", "measured", "")
    for bar in found:
        shown.add_row(bar.what, bar.bar, bar.measured, VERDICTS[bar.ok])
    console.print(shown)
