"""What a measure found: tables, bars, plots; kept as JSON beside the page that shows it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what was asked for, what was measured; ok is None where it could not be."""

    what: str
    bar: str
    measured: str
    ok: bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a title; the first column says what the row is."""

    title: str
    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class BarPlot:
    """Values side by side: for each label one value a group (None: not measured)."""

    file: str
    title: str
    groups: list[str]
    labels: list[str]
    values: list[list[float | None]]


@dataclass(frozen=True, slots=True)
class LinePlot:
    """Values over seconds."""

    file: str
    title: str
    y_label: str
    lines: dict[str, list[tuple[float, float]]]


@dataclass(slots=True)
class Section:
    """One measure's part of the page."""

    name: str
    title: str
    method: str
    tables: list[Table] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    bar_plots: list[BarPlot] = field(default_factory=list)
    line_plots: list[LinePlot] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    conditions: dict[str, str] = field(default_factory=dict)


def load(path: Path) -> dict[str, Section]:
    """Read what earlier runs found, by the measure's name."""
    if not path.exists():
        return {}
    return {name: _section(kept) for name, kept in json.loads(path.read_text("utf-8")).items()}


def save(path: Path, sections: dict[str, Section]) -> None:
    """Write everything."""
    kept = {name: asdict(section) for name, section in sorted(sections.items())}
    path.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


def _section(kept: dict[str, Any]) -> Section:
    made: dict[str, Any] = {
        "tables": [Table(**each) for each in kept.pop("tables")],
        "bars": [Bar(**each) for each in kept.pop("bars")],
        "bar_plots": [BarPlot(**each) for each in kept.pop("bar_plots")],
        "line_plots": [LinePlot(**each) for each in kept.pop("line_plots")],
    }
    return Section(**kept, **made)


def middle(values: Iterable[float | None]) -> float | None:
    """Return the median of the values that are there."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def paired(ours: Sequence[float | None], theirs: Sequence[float | None]) -> float | None:
    """Return the median of the ratios round by round: what both rounds suffered cancels out."""
    pairs = zip(ours, theirs, strict=False)  # others may have had fewer rounds
    return middle(a / b for a, b in pairs if a is not None and b)


def number(value: float | None, unit: str = "") -> str:
    """Show a number with three digits or so, or that there is none."""
    if value is None or value != value:  # noqa: PLR0124 (not a number)
        return "—"
    size = abs(value)
    text = f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
    return text + unit


def spread(values: Iterable[float | None]) -> str:
    """Show the median with the least and the most."""
    known = [value for value in values if value is not None]
    if not known:
        return "—"
    if len(known) == 1:
        return number(known[0])
    return f"{number(median(known))} ({number(min(known))}–{number(max(known))})"


def at_least(what: str, value: float | None, bar: float, unit: str = "×") -> Bar:
    """Make a bar that a value must reach."""
    ok = None if value is None else value >= bar
    return Bar(what, f"≥ {bar:g}{unit}", number(value, unit), ok)


def at_most(what: str, value: float | None, bar: float, unit: str) -> Bar:
    """Make a bar that a value must not pass."""
    ok = None if value is None else value <= bar
    return Bar(what, f"≤ {bar:g}{unit}", number(value, unit), ok)
