"""Providers, budgets, backfills, deferrals and schedules of an overview, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from scout_workers.cli.backfill.report import left
from scout_workers.cli.tables import Column, right, short, show_table
from scout_workers.cli.words import dollars, duration, state_style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from scout_workers.oncall import Overview, ProviderLine

_SOON = 3


def show_providers(console: Console, providers: Sequence[ProviderLine]) -> None:
    """Print the providers with a limit, and those that are not asked just now."""
    said = [each for each in providers if each.used is not None or not each.open]
    if not said:
        return
    columns = (
        Column("provider"),
        Column("gate", style=lambda value: "" if value == "open" else "yellow"),
        *right("used", "of requests", "of tokens", "line", "history's line"),
    )
    rows = [
        (
            each.name,
            _gate(each),
            None if each.used is None else f"{each.used:.0%}",
            _limit(each.requests_per_minute),
            _limit(each.tokens_per_minute),
            duration(each.line_seconds) if each.line_seconds else None,
            duration(each.history_line_seconds) if each.history_line_seconds else None,
        )
        for each in said
    ]
    show_table(console, "", columns, rows)
    console.print()


def _gate(line: ProviderLine) -> str:
    if line.paused_by is not None:
        return f"paused by {line.paused_by}"
    return f"closed for {duration(line.closed_seconds)}" if line.closed_seconds else "open"


def show_money(console: Console, overview: Overview) -> None:
    """Print budgets."""
    if not overview.budgets:
        return
    columns = (Column("budget"), Column(""), *right("spent", "held", "limit", "left", "anew in"))
    rows = [
        (
            *(each.organization, each.period),
            dollars(each.spent_microdollars),
            dollars(each.held_microdollars),
            dollars(each.limit_microdollars),
            dollars(each.left_microdollars),
            duration(each.seconds_left),
        )
        for each in overview.budgets
    ]
    show_table(console, "", columns, rows)
    console.print()


def show_backfills(console: Console, overview: Overview) -> None:
    """Print the backfills that are not over."""
    if not overview.backfills:
        return
    columns = (
        Column("backfill"),
        Column("state", style=state_style),
        *right("done", "of", "failed", "in flight", "left", "cost"),
    )
    rows = [
        (
            *(short(each.id), each.state, f"{each.settled:,}", f"{each.total:,}"),
            *(f"{each.failed:,}", f"{sum(each.in_flight.values()):,}", left(each)),
            dollars(each.cost_microdollars),
        )
        for each in overview.backfills
    ]
    show_table(console, "", columns, rows)
    console.print()


def show_deferred(console: Console, overview: Overview) -> None:
    """Print why analyses are deferred."""
    if overview.deferred:
        columns = (Column("deferred"), Column("count", right=True), Column("because", fold=True))
        rows = [(each.error_class, each.count, each.detail) for each in overview.deferred]
        show_table(console, "Deferred analyses", columns, rows)
        console.print()


def show_schedules(console: Console, overview: Overview) -> None:
    """Print what is due by the clock, in a line."""
    coming = [each for each in overview.schedules if not each.overdue_seconds]
    overdue = len(overview.schedules) - len(coming)
    if not overview.schedules:
        console.print(Text("Schedules: none has been brought in yet", style="dim"))
        return
    following = ", ".join(
        f"{each.name} in {duration((each.next_at - overview.at).total_seconds())}"
        for each in coming[:_SOON]
    )
    late = f"{overdue} due, " if overdue else ""
    soon = f": {following}" if coming else ""
    console.print(Text(f"Schedules: {late}{len(coming)} to come{soon}", style="dim"))


def _limit(per_minute: int) -> str | None:
    return f"{per_minute:,}/min" if per_minute else None
