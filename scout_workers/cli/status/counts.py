"""Captures, analyses and model calls by state: all of them, counted one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.cli.tables import Column, show_table
from scout_workers.cli.words import dollars, state_style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from scout_workers.store.reports import Count

_ORDER = (
    *("received", "readable", "unreadable", "missing", "expired"),
    *("waiting", "pending", "running", "deferred", "completed", "failed", "skipped"),
    *("started", "succeeded", "in_doubt", "void"),
)


def in_order(counts: list[Count]) -> list[Count]:
    """Sort counts as a piece of work goes through its states."""
    return sorted(counts, key=lambda count: (count.subject, _place(count.state)))


def show_counts(console: Console, counts: Sequence[Count]) -> None:
    """Print them, a table each."""
    for subject, title in (("captures", "Captures"), ("analyses", "Analyses")):
        _show_states(console, title, [each for each in counts if each.subject == subject])
    _show_calls(console, [each for each in counts if each.subject == "calls"])


def _place(state: str) -> int:
    return _ORDER.index(state) if state in _ORDER else len(_ORDER)


def _show_states(console: Console, title: str, counts: Sequence[Count]) -> None:
    if not counts:
        console.print(f"{title}: none yet.\n")
        return
    columns = (Column("state", style=state_style), Column("count", right=True))
    show_table(console, title, columns, [(each.state, each.count) for each in counts])
    console.print()


def _show_calls(console: Console, counts: Sequence[Count]) -> None:
    if not counts:
        console.print("Model calls: none yet.\n")
        return
    columns = (
        Column("status", style=state_style),
        Column("count", right=True),
        Column("cost", right=True),
    )
    rows = [(each.state, each.count, dollars(each.cost_microdollars)) for each in counts]
    show_table(console, "Model calls", columns, rows)
    console.print()
