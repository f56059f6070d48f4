"""What came of it, on the terminal: a table, what was refused, the sums, and where to go on."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from scout_workers.demo.outcome import MOST_PICTURES, trouble
from scout_workers.demo.sheet import dollars
from scout_workers.domain.observations import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from scout_workers.demo.hands import WorkerError
    from scout_workers.demo.outcome import Outcome
    from scout_workers.fake_llm import Till
    from scout_workers.store.report_camera import Seen

WIDE = 110  # characters from which on flags have a column of their own

STYLES = {
    Severity.INFO: "dim",
    Severity.NOTICE: "cyan",
    Severity.WARNING: "yellow",
    Severity.CRITICAL: "bold red",
}
_VERBS = {"insights": "find insights", "propose_profile": "propose profiles"}


def printable(text: str) -> Text:
    """Words from files and models, harmless to a terminal: no markup, no control characters."""
    return Text(
        "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
        )
    )


def say(console: Console, sentence: str) -> None:
    """Print a sentence that may hold paths: as it is, never folded in the middle of one."""
    console.print(Text(sentence), soft_wrap=True)


def complaint(console: Console, error: WorkerError) -> None:
    """Print why there is no result, and what the worker said last."""
    console.print(Text(str(error), style="bold red"), soft_wrap=True)
    if error.lines:
        say(console, f"The last lines of its log, {error.log}:")
    for line in error.lines:
        console.print(Text("  ").append_text(printable(line)), style="dim", soft_wrap=True)
    say(console, "What is done is kept: the same command goes on from here.")


def table(console: Console, outcome: Outcome, *, names: bool) -> None:
    """Print a line for every picture that was described.

    Args:
        console: Where to.
        outcome: What came of it.
        names: Whether the pictures' names tell something that their times do not.
    """
    described = [seen for seen in outcome.seen if seen.analysis_state == "completed"]
    if not described:
        return
    days = {outcome.local(seen.captured_at).date() for seen in described}
    shape = "%H:%M:%S" if len(days) == 1 else "%Y-%m-%d %H:%M:%S"
    title = f"{min(days):%A, %d %B %Y}" if len(days) == 1 else ""
    if title:
        console.print(Text(title, style="bold"))
    wide = console.width >= WIDE
    lines = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    lines.add_column("Taken", no_wrap=True)
    if names:
        lines.add_column("Picture", overflow="fold", max_width=24)
    lines.add_column("Severity", no_wrap=True)
    lines.add_column("Headline" if wide else "Headline and flags", overflow="fold", ratio=3)
    if wide:
        lines.add_column("Flags", overflow="fold", style="dim", ratio=1)
    for seen in described:
        severity = seen.severity or Severity.INFO
        headline, flags = printable(seen.headline or ""), printable(", ".join(seen.flags))
        if not wide and flags:
            headline = Text("\n").join((headline, Text.assemble((flags.plain, "dim"))))
        lines.add_row(
            f"{outcome.local(seen.captured_at):{shape}}",
            *([printable(seen.source)] if names else []),
            Text(severity, style=STYLES[severity]),
            headline,
            *([flags] if wide else []),
        )
    console.print(lines)
    if len(outcome.seen) == MOST_PICTURES:
        console.print(f"The newest {MOST_PICTURES} pictures; status and captures know of all.")


def refused(console: Console, outcome: Outcome) -> None:
    """Print what was not described, and why."""
    rows = [(seen.source, why) for seen in outcome.seen if (why := trouble(seen, outcome))]
    rows += outcome.skipped
    if not rows:
        return
    console.print()
    console.print(Text("Not described", style="bold"))
    _grid(console, rows, style="dim")


def sums(console: Console, outcome: Outcome) -> None:
    """Print counts by state, calls and cost."""
    states = ", ".join(f"{count} {state}" for state, count in _by_size(outcome.states))
    bill = outcome.bill
    calls = f"{bill.calls}, {outcome.new_calls} of them new in this run"
    calls += f"; {dollars(bill.cost_microdollars)} in all"
    if bill.in_doubt:
        calls += f"; {bill.in_doubt} in doubt: a worker died before it had written the answer down"
    console.print()
    purposes = ", ".join(
        f"{count} to {_VERBS.get(name, name)}" for name, count in bill.purposes.items()
    )
    rows = [("pictures", states), ("model calls", calls)]
    if purposes:
        rows.append(("", purposes))
    _grid(console, rows, style="bold")


def till(console: Console, account: Till) -> None:
    """Print what the imitated provider says it was asked, beside what the ledger says."""
    sums = account.sums()
    billed = f"{sums['billed']} answers billed in this run, {sums['billed_again']} of them twice"
    _grid(console, [("its till   ", billed)], style="bold")


def places(console: Console, rows: Sequence[tuple[str, str]]) -> None:
    """Print where things lie, each on a line that can be copied whole."""
    console.print()
    console.print(Text("Where it lies", style="bold"))
    width = max(len(name) for name, _ in rows) + 2
    for name, where in rows:
        line = Text("  ").append(name.ljust(width), style="dim").append(where)
        console.print(line, soft_wrap=True)


def what_next(
    console: Console, command: str, folder: Path, seen: Sequence[Seen], asked: str | None
) -> None:
    """Print commands to go on with, each fit to be pasted as it is."""
    interesting = max(
        (each for each in seen if each.analysis_state == "completed"),
        key=lambda each: list(Severity).index(each.severity or Severity.INFO),
        default=None,
    )
    lines = [f"{command} status"]
    if interesting is not None:
        lines.append(f"{command} captures show {str(interesting.id)[:8]}")
    if asked is not None:
        lines.append(f"{command} {asked}")
    lines += [
        f"{command} doctor",
        f"{command} import {shlex.quote(str(folder))} --camera mine",
        f"{command} worker",
    ]
    console.print()
    console.print(Text("Go on with", style="bold"))
    for line in lines:
        console.print(Text(f"  {line}"), soft_wrap=True)


def _by_size(states: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(states.items(), key=lambda item: -item[1])


def _grid(console: Console, rows: Sequence[tuple[str, str]], *, style: str) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style=style)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(printable(name), printable(value))
    console.print(grid)
