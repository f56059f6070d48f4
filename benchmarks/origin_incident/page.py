"""The outcomes as a table: on the terminal, and as the page in docs/ with its plot."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.broker import plots, processor
from benchmarks.broker.results import LinePlot
from benchmarks.origin_incident.work import CALL_SECONDS, PATIENCE_SECONDS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from benchmarks.origin_incident.outcome import Outcome

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
PAGE: Final = DOCS / "origin-incident.md"
PLOT: Final = DOCS / "benchmarks/origin-incident.svg"
P99_BAR_SECONDS: Final = 0.05

ROWS: Final[dict[str, Callable[[Outcome], str]]] = {
    "checkouts that failed": lambda one: f"{one.refused:.1%}",
    "checkout, p50": lambda one: _milliseconds(one.wait(0.50)),
    "checkout, p95": lambda one: _milliseconds(one.wait(0.95)),
    "checkout, p99": lambda one: _milliseconds(one.wait(0.99)),
    "short jobs a second": lambda one: _spread(one.short_each),
    "short jobs that failed": lambda one: f"{one.short_failed:.1%}",
    "answers written down, a second": lambda one: f"{one.calls:.1f}",
    "calls that failed": lambda one: f"{one.calls_failed:,}",
    "of them paid for and lost": lambda one: f"{one.lost:,}",
    "connections, most": lambda one: str(one.connections),
    "of them idle in a transaction > 0.2 s, mean": lambda one: f"{one.idle:.1f}",
}


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"


def _spread(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.0f} ({min(values):.0f}–{max(values):.0f})"


def show(outcomes: Sequence[Outcome]) -> int:
    """Print the table and the bars; return 1 if one is missed, else 0."""
    console = Console(width=None if Console().is_terminal else 120, highlight=False)
    table = Table("", *(outcome.way.name for outcome in outcomes), box=SIMPLE_HEAD)
    for what, value in ROWS.items():
        table.add_row(what, *map(value, outcomes))
    console.print(table)
    for outcome in outcomes:
        told = ", ".join(f"{count:,} {name}" for name, count in outcome.errors.most_common())
        console.print(f"{outcome.way.name}: {told or 'no error'}")
    missed = [what for what, good in bars(outcomes).items() if not good]
    for what in missed:
        console.print(f"missed: {what}")
    return int(bool(missed))


def bars(outcomes: Sequence[Outcome]) -> dict[str, bool]:
    """Return what is asked of a run: that the incident happens, and does not happen to us."""
    naive, _, ours = outcomes
    return {
        "a transaction around the call fails more than half of all checkouts": naive.refused > 0.5,
        "three phases fail no checkout": ours.refused == 0,
        "three phases fail nothing else": not ours.errors,
        "three phases lose no answer": ours.lost == 0,
        f"their p99 is {_milliseconds(P99_BAR_SECONDS)} at most": ours.wait(0.99)
        <= P99_BAR_SECONDS,
        "they idle in no transaction": ours.idle < 0.1,
    }


def write(outcomes: Sequence[Outcome], asked: argparse.Namespace) -> None:
    """Write the page and its plot."""
    plot = LinePlot(
        PLOT.name,
        "Short jobs done a second, in the course of a turn",
        "jobs a second",
        {outcome.way.name: outcome.course() for outcome in outcomes},
    )
    PLOT.write_text(plots.lines(plot), "utf-8")
    table = [["", *(outcome.way.name for outcome in outcomes)], ["---"] + ["--:"] * len(outcomes)]
    table += [[what, *map(value, outcomes)] for what, value in ROWS.items()]
    low, high = (seconds * asked.scale for seconds in CALL_SECONDS)
    naive, strict, ours = outcomes
    text = _PAGE.format(
        asked=asked,
        hurrying=asked.threads - asked.callers,
        low=low,
        high=high,
        patience=PATIENCE_SECONDS * asked.scale,
        table="\n".join(f"| {' | '.join(row)} |" for row in table),
        plot=PLOT.relative_to(DOCS).as_posix(),
        faster=ours.short / max(naive.short, 0.01),
        bars="\n".join(
            f"- {what}: {'yes' if good else '**no**'}" for what, good in bars(outcomes).items()
        ),
        lost=strict.lost,
        measured=datetime.now(UTC).strftime("%Y-%m-%d"),
        machine=f"{os.cpu_count()} × {processor.model()}, Python {platform.python_version()}",
    )
    PAGE.write_text(text, "utf-8")


_PAGE = """\
# The incident this comes from

A fleet shared a pool of ten connections. Each worker asked a model about a picture, for half a
minute, inside a transaction; twenty-five of them left nobody else a connection, and more than half
of all checkouts failed. Here it is again, beside what is done here instead, in one run:

    python -m benchmarks.origin_incident [--scale 1] [--write]

Of {asked.threads} threads {asked.callers} ask a model, {low:g} to {high:g} s a call (5 to 30 s, \
times {asked.scale:g}), and {hurrying} do short
jobs, about one a second each: one row in one transaction. A connection is waited for \
{patience:g} s at most
(10 s, times {asked.scale:g}). All use the product's pool of {asked.connections} and the \
product's statements; what differs
is where a transaction begins and ends. {asked.turns} turns of {asked.turn_seconds:g} s a way, \
by turns on one server.

- **around the call**: one transaction from the first statement to the last, the call in its middle.
  Simple, whole or not at all, and what most people would write first. (`store.transaction()`
  refuses it: that is [the law](adr/0006-no-connection-is-held-while-a-model-thinks.md). Here the
  pool is misused.)
- **around it, idle ones ended**: the same, with `idle_in_transaction_session_timeout` as
  long as the patience: the remedy that is reached for first.
- **three phases**: begin, call, receipt, finish, on `store.transaction()`.

{table}

![Short jobs a second in the course of a turn: three phases beside the two others]({plot})

A checkout's time counts those in vain too, which end when patience does. Short jobs a second are
the mean of the turns, with the least and the most.

Three phases get {faster:,.0f} times as many short jobs done as the first way. \
The server's time-out is no
cure: it gives connections back by throwing away answers that were paid for ({lost:,} of them here);
and since the ledger's row was in the same transaction, nothing is left that knows of the payment.

What is asked of a run (exit code 1 otherwise):

{bars}

Measured {measured} on {machine}.
"""
