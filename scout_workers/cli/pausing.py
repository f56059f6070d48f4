"""Pausing and resuming, as every command that does it does: who, why, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import click
from rich.text import Text

from scout_workers.cli.console import plain
from scout_workers.cli.hand import hand
from scout_workers.cli.tables import Column
from scout_workers.store import switches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.store import Transaction
    from scout_workers.store.switches import Switch

Row: TypeAlias = "tuple[object, ...]"

reason_option = click.option(
    "--reason", default="paused by hand", show_default=True, help="Shown to whoever asks."
)

COLUMN = Column("paused", fold=True, style=lambda value: "yellow" if value else "")


def beside(
    columns: Sequence[Column], rows: Sequence[Row], pauses: Sequence[str | None]
) -> tuple[Sequence[Column], Sequence[Row]]:
    """Add a column of pauses to a table, if anything of it is paused."""
    if not any(pauses):
        return columns, rows
    return (*columns, COLUMN), [(*row, said) for row, said in zip(rows, pauses, strict=True)]


def field(said: str | None) -> list[tuple[str, object]]:
    """Return the line that tells of a pause among others; none where there is none."""
    return [] if said is None else [("paused", Text(said, style="yellow"))]


def pause(tx: Transaction, switch: Switch, name: str, reason: str) -> str:
    """Pause something, and return the sentence that says so."""
    new = switches.pause(tx, switch, reason=reason, paused_by=hand())
    return f"{plain(name)} is paused." if new else f"{plain(name)} was paused already."


def resume(tx: Transaction, switch: Switch, name: str) -> str:
    """End a pause, and return the sentence that says so."""
    if switches.resume(tx, switch):
        return f"{plain(name)} is resumed; what was deferred goes on within about a minute."
    return f"{plain(name)} was not paused."


def said(paused_by: str | None, reason: str | None) -> str | None:
    """Say who paused something and why; None where nobody did."""
    return None if paused_by is None else f"by {plain(paused_by)}: {plain(reason or '')}"
