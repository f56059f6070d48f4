"""What a plan and a backfill look like to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from scout_workers.cli.console import plain
from scout_workers.cli.tables import Column, right, short, show_fields, show_table
from scout_workers.cli.words import dollars, duration, local, state_style

if TYPE_CHECKING:
    from rich.console import Console

    from scout_workers.backfilling import Forecast, Survey
    from scout_workers.store.backfill_reports import BackfillLine, Change

_REASONS = {
    "operator": "by an operator",
    "until": "the time it may run is over",
    "cost": "the next capture might cost more than it may",
    "unpriced": "it has a cost to keep to, and nobody knows what its calls cost",
}


def show_plan(console: Console, wish: str, survey: Survey, forecast: Forecast) -> None:
    """Print what a backfill would do."""
    console.print(Text(f"{survey.wanted:,} {plain(wish)}", style="bold"))
    if len(forecast.models) > 1:
        columns = (Column("model", fold=True), *right("captures", "seconds each", "cost"))
        rows = [
            (
                f"{each.provider}/{each.model}",
                f"{each.captures:,}",
                f"{each.seconds_each:.2f}",
                dollars(each.cost_microdollars),
            )
            for each in forecast.models
        ]
        show_table(console, "", columns, rows)
    fields: list[tuple[str, object]] = [("looked at", f"{survey.looked_at:,} captures")]
    if survey.without_profile:
        fields.append(
            ("left out", f"{survey.without_profile:,} whose camera has no active profile")
        )
    fields += [
        ("tokens", _tokens(forecast)),
        ("price", _price(forecast)),
        ("a call takes", _seconds(forecast)),
        ("pace", _pace(forecast)),
        ("it takes", duration(forecast.hours * 3600) if survey.wanted else "no time"),
    ]
    show_fields(console, fields)


def show_backfill(console: Console, line: BackfillLine, changes: list[Change]) -> None:
    """Print how far one backfill is, and what holds it back."""
    console.print(Text(f"{short(line.id)}  {plain(line.wish)}", style="bold"))
    done = line.settled / line.total if line.total else 1.0
    flying = sum(line.in_flight.values())
    fields: list[tuple[str, object]] = [
        ("state", Text(said(line), style=state_style(line.state))),
        ("done", f"{line.settled:,} of {line.total:,} ({done:.0%})"),
        ("completed", f"{line.completed:,}"),
        ("failed", _failures(line)),
        ("skipped", f"{line.skipped:,}"),
        ("in flight", f"{flying:,} of at most {line.max_in_flight:,}{_flight(line)}"),
        ("speed", pace(line)),
        ("left", left(line)),
        ("cost", cost(line)),
        ("tokens", f"{line.input_tokens:,} in, {line.output_tokens:,} out"),
        ("looked at down to", local(line.cursor_moment, line.time_zone)),
        ("held back by", _throttle(line)),
    ]
    show_fields(console, fields)
    columns = (Column("when"), Column("who"), Column("what"), Column("", fold=True))
    rows = [
        (local(each.changed_at, line.time_zone), each.changed_by, each.change, each.detail)
        for each in changes
    ]
    console.print()
    show_table(console, "", columns, rows)


def show_backfills(console: Console, lines: list[BackfillLine]) -> None:
    """Print backfills as a table."""
    columns = (
        Column("id"),
        Column("state", style=state_style),
        *right("done", "of", "failed", "in flight", "a minute", "left", "cost"),
        Column("of", fold=True),
    )
    rows = [
        (
            short(line.id),
            line.state,
            f"{line.settled:,}",
            f"{line.total:,}",
            f"{line.failed:,}",
            f"{sum(line.in_flight.values()):,}",
            None if line.per_minute is None else f"{line.per_minute:,.0f}",
            left(line),
            dollars(line.cost_microdollars),
            line.wish,
        )
        for line in lines
    ]
    show_table(console, "", columns, rows)


def said(line: BackfillLine) -> str:
    """Say in a few words where it stands, and why."""
    if line.state_reason and line.state in {"paused", "cancelled"}:
        return f"{line.state}: {_REASONS.get(line.state_reason, line.state_reason)}"
    return line.state


def pace(line: BackfillLine) -> str:
    """Say how fast it goes."""
    return "-" if line.per_minute is None else f"{line.per_minute:,.1f} captures a minute"


def left(line: BackfillLine) -> str:
    """Say how long it will still take at its pace."""
    if line.state != "running" or not line.per_minute:
        return "-"
    return duration((line.total - line.settled) / line.per_minute * 60)


def cost(line: BackfillLine) -> str:
    """Say what it cost, and may."""
    most = "" if line.max_cost is None else f" of at most {dollars(line.max_cost)}"
    unknown = f"; of {line.unpriced:,} nobody knows" if line.unpriced else ""
    return f"{dollars(line.cost_microdollars)}{most}{unknown}"


def _tokens(forecast: Forecast) -> str:
    if forecast.input_tokens is None or forecast.output_tokens is None:
        return "not known: no call to this model was made yet"
    return f"{forecast.input_tokens:,} in, {forecast.output_tokens:,} out"


def _price(forecast: Forecast) -> str:
    if forecast.cost_microdollars is None:
        return "not known: run a --sample first, and plan again"
    return dollars(forecast.cost_microdollars)


def _seconds(forecast: Forecast) -> str:
    measured = sum(each.measured_calls for each in forecast.models)
    how = f"measured over the last {measured:,}" if measured else "assumed: none was made yet"
    return f"{forecast.seconds_each:.2f} s ({how})"


def _pace(forecast: Forecast) -> str:
    if not forecast.captures:
        return "-"
    slots = forecast.slots
    seen = "" if slots.running else " (no worker is running: as the settings have it)"
    how = (
        f"{slots.each} slots × {slots.processes} process{'es' * (slots.processes != 1)}"
        f" ÷ {forecast.seconds_each:.2f} s{seen}"
        if forecast.bound_by == "slots"
        else "held to it by --rate"
    )
    return f"{forecast.per_hour:,.0f} an hour = {how}"


def _failures(line: BackfillLine) -> str:
    classes = ", ".join(f"{name} {count:,}" for name, count in sorted(line.failures.items()))
    return f"{line.failed:,}" + (f" ({plain(classes)})" if classes else "")


def _flight(line: BackfillLine) -> str:
    states = ", ".join(f"{name} {count:,}" for name, count in sorted(line.in_flight.items()))
    return f": {plain(states)}" if states else ""


def _throttle(line: BackfillLine) -> str:
    parts = [f"{line.max_in_flight:,} in flight", f"{line.yield_at:,} live messages waiting"]
    if line.rate is not None:
        parts.append(f"{line.rate:g} a minute")
    if line.max_cost is not None:
        parts.append(dollars(line.max_cost))
    if line.until is not None:
        parts.append(f"the time {plain(local(line.until, line.time_zone))}")
    return ", ".join(parts)
