"""A comparison as tables, and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scout_workers.cli.tables import Column, short, show_fields, show_table
from scout_workers.cli.words import dollars, local
from scout_workers.domain.evals import Bill, Pair, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from scout_workers.cli.evaluate.running import Comparison
    from scout_workers.domain.evals import Result, Verdict

_PAIRS = (
    Column("taken"),
    Column("capture"),
    Column("severity"),
    Column("flags", fold=True),
    Column("A says", fold=True),
    Column("B says", fold=True),
)
_FLAGS = (
    Column("flag"),
    Column("only A", right=True),
    Column("only B", right=True),
    Column("both", right=True),
)


def data(comparison: Comparison, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return everything there is to tell, for programs."""
    first, second = (side.version for side in comparison.sides)
    return {
        "a": first,
        "b": second,
        "verdict": verdict(pairs),
        "pictures": [
            {
                "capture": pair.picture,
                "a": pair.a,
                "b": pair.b,
                "same_severity": pair.same_severity,
                "only_a": pair.only_a,
                "only_b": pair.only_b,
            }
            for pair in pairs
        ],
    }


def show(console: Console, comparison: Comparison, pairs: Sequence[Pair]) -> None:
    """Print the comparison: where the two differ first, then the sums and the bill."""
    summed = verdict(pairs)
    zone = comparison.organization.time_zone
    differing = [pair for pair in pairs if not pair.agree]
    if differing:
        show_table(console, "Where they differ", _PAIRS, [_row(pair, zone) for pair in differing])
        console.print()
    if summed.flags:
        show_table(console, "Flags", _FLAGS, summed.flags)
        console.print()
    show_fields(console, figures(comparison, summed))


def figures(comparison: Comparison, summed: Verdict) -> list[tuple[str, str]]:
    """Return the comparison in named figures."""
    first, second = (side.version for side in comparison.sides)
    changes = ", ".join(f"{a} → {b} {count} ×" for a, b, count in summed.severities)
    return [
        ("A", f"{first.title}, {first.provider} / {first.model}"),
        ("B", f"{second.title}, {second.provider} / {second.model}"),
        ("pictures", f"{summed.compared} of {summed.pictures} compared"),
        ("agree", rate(summed.agree, summed.compared)),
        ("same severity", rate(summed.same_severity, summed.compared)),
        ("same flags", rate(summed.same_flags, summed.compared)),
        ("severity A → B", changes or "the same throughout"),
        ("A cost", bill(summed.a)),
        ("B cost", bill(summed.b)),
    ]


def rate(count: int, of: int) -> str:
    """Write a share; of nothing there is none."""
    return f"{count} of {of} ({100 * count / of:.0f} %)" if of else "nothing to compare"


def bill(side: Bill) -> str:
    """Write what one version came to."""
    unpriced = f", {side.unpriced} calls of unknown price" if side.unpriced else ""
    failed = f", {side.failed} failed" if side.failed else ""
    return (
        f"{dollars(side.cost_microdollars)}{unpriced} for {side.completed} pictures, "
        f"{side.input_tokens:,} tokens in, {side.output_tokens:,} out{failed}"
    )


def _row(pair: Pair, zone: str) -> tuple[object, ...]:
    severity = "-"
    if pair.both is not None:
        a, b = pair.both
        severity = str(a.severity) if pair.same_severity else f"{a.severity} → {b.severity}"
    flags = [f"-{flag}" for flag in pair.only_a] + [f"+{flag}" for flag in pair.only_b]
    return (
        local(pair.picture.captured_at, zone),
        short(pair.picture.capture_id),
        severity,
        flags,
        said(pair.a),
        said(pair.b),
    )


def said(result: Result | None) -> str:
    """Return what a version says of a picture, or why it says nothing."""
    if result is None:
        return "not looked at"
    return result.headline or f"{result.state} {result.error_class}".strip()
