"""The outcomes as a table: on the terminal, and as the page in docs/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from scout_workers.fake_llm.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.provider_faults.outcomes import Outcome

_SLOW_SECONDS: Final = 1.0

COLUMNS: Final = (
    "Provider",
    "Fault",
    "Met",
    "Call ended after",
    "As",
    "Then",
    "In the end",
    "Asked",
    "Billed",
    "Ledger",
    "Deferrals",
    "Retries",
)


def cells(outcome: Outcome) -> list[str]:
    """Return an outcome's row."""
    first = outcome.first
    seconds = first.seconds if first is not None else None
    error = (first.error_class if first is not None else None) or outcome.error_class
    return [
        outcome.probe.provider,
        outcome.probe.fault,
        "always" if outcome.probe.always else "once",
        "-" if seconds is None else f"{seconds:.1f} s",
        error or "answer",
        outcome.followed,
        outcome.state,
        str(outcome.asked),
        str(outcome.billed),
        ", ".join(call.status for call in outcome.calls) or "-",
        str(outcome.counts.deferrals),
        str(outcome.counts.retries),
    ]


def show(outcomes: Sequence[Outcome], deadline: float) -> int:
    """Print the table and what is wrong in it; return how much is."""
    console = Console(width=None if Console().is_terminal else 200, highlight=False)
    table = Table(box=SIMPLE_HEAD)
    for column in COLUMNS:
        table.add_column(column, no_wrap=True)
    for outcome in outcomes:
        table.add_row(*cells(outcome), style="red" if outcome.faults(deadline) else None)
    console.print(table)
    wrong = [(each, fault) for each in outcomes for fault in each.faults(deadline)]
    for outcome, fault in wrong:
        print(f"{outcome.probe.provider} {outcome.probe.fault}: {fault}")
    return len(wrong)


def page(outcomes: Sequence[Outcome], deadline: float, retry_after: float) -> str:
    """Return the page for docs/."""
    by_fault: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_fault.setdefault(outcome.probe.fault, []).append(outcome)
    lines = [_INTRODUCTION.format(deadline=deadline, retry_after=retry_after)]
    lines += [
        f"| {_HEADINGS.replace('|', ' | ')} |",
        "|---|---|---|--:|---|---|---|--:|---|--:|--:|",
    ]
    for fault, each in by_fault.items():
        about, often = FAULTS[fault].about.rstrip("."), "always" if each[0].probe.always else "once"
        for place, outcome in enumerate(each):
            name, _, _, seconds, error, then, state, _, billed, *rest = cells(outcome)
            front = f"`{fault}`, {often} | {about}" if place == 0 else " | "
            lines.append(
                f"| {front} | {name} | {seconds} | {error} | {then} | {state} | {billed} "
                f"| {' | '.join(rest)} |"
            )
    return "\n".join([*lines, "", *closing(outcomes, deadline)]) + "\n"


def closing(outcomes: Sequence[Outcome], deadline: float) -> list[str]:
    """Return what is to be said below the table: which rows are slow, and what was missed."""
    firsts = [each.first.seconds or 0.0 for each in outcomes if each.first is not None]
    slow = [seconds for seconds in firsts if _SLOW_SECONDS <= seconds < deadline - 1]
    told = []
    if slow:
        how = f"The {len(slow)} calls that took {min(slow):.1f} to {max(slow):.1f} s are the first"
        told += [f"{how} of a worker that has just begun, all at", _CROWD, ""]
    wrong = [
        f"- {each.probe.provider} `{each.probe.fault}`: {fault}"
        for each in outcomes
        for fault in each.faults(deadline)
    ]
    missed = ["Missed when this was measured:", "", *wrong] if wrong else ["No bar was missed."]
    return told + missed


_CROWD = "once, and on cores that others were using too."

_HEADINGS = "fault|what happens|provider|ended|as|then|in the end|billed|ledger|deferrals|retries"

_INTRODUCTION = """\
# What becomes of each fault of a provider

Measured, not intended: `python -m benchmarks.provider_faults` starts a database, a
[fake-llm](fake-llm.md) and a real worker, sends one capture for each fault and each provider, and
prints this table; it exits with 1 if a bar is missed. An attempt had {deadline:g} s here instead of
140, and Retry-After asked for {retry_after:g} s. *Once*: only the first call met the fault, and the
next one shows the way back. *Always*: every call did.

The bars: a call ends within its deadline + 0.5 s; one that was told to come again later ends before
that moment (no thread sleeps on a Retry-After: the message waits, and is a deferral); a deferral
burns no retry; nothing is billed that the ledger does not admit (`succeeded`, `in_doubt`, or
`failed` with a receipt); no call stays open; an answer that is no use is asked for once more at
most.
"""
