"""Plots as SVG, by hand: a page in a repository needs no library to show two kinds of chart."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .results import BarPlot, LinePlot

COLOURS = ("#2563eb", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6", "#64748b")
WIDTH = 760
LABELS = 190  # room for the words on the left
STYLE = "font-family='system-ui, sans-serif' font-size='12' fill='#334155'"


def bars(plot: BarPlot) -> str:
    """Draw horizontal bars, one a group, for each label."""
    most = max((v for row in plot.values for v in row if v is not None), default=1.0)
    thick, gap = 13, 12
    step = thick * len(plot.groups) + gap
    parts = [_text(LABELS, 20, plot.title, "font-weight='bold'")]
    for place, group in enumerate(plot.groups):
        x = LABELS + place * 120
        parts.append(f"<rect x='{x}' y='32' width='10' height='10' fill='{COLOURS[place]}'/>")
        parts.append(_text(x + 15, 41, group))
    for row, (label, values) in enumerate(zip(plot.labels, plot.values, strict=True)):
        top = 56 + row * step
        parts.append(_text(LABELS - 8, top + step / 2 - 2, label, "text-anchor='end'"))
        for place, value in enumerate(values):
            y = top + place * thick
            wide = (WIDTH - LABELS - 80) * (value or 0.0) / most
            parts.append(
                f"<rect x='{LABELS}' y='{y}' width='{wide:.1f}' height='{thick - 2}' "
                f"fill='{COLOURS[place]}'/>"
            )
            shown = "not measured" if value is None else f"{value:,.0f}"
            parts.append(_text(LABELS + wide + 5, y + thick - 3, shown))
    return _svg(parts, 60 + len(plot.labels) * step)


def lines(plot: LinePlot) -> str:
    """Draw lines over seconds, from zero up."""
    left, top, wide, high = 70, 60, WIDTH - 90, 240
    points = [point for line in plot.lines.values() for point in line]
    last = max((x for x, _ in points), default=1.0) or 1.0
    most = max((y for _, y in points), default=1.0) * 1.1 or 1.0
    parts = [_text(left, 20, plot.title, "font-weight='bold'")]
    for part in range(5):
        y = top + high - high * part / 4
        parts.append(f"<line x1='{left}' y1='{y}' x2='{left + wide}' y2='{y}' stroke='#e2e8f0'/>")
        parts.append(_text(left - 6, y + 4, f"{most * part / 4:,.0f}", "text-anchor='end'"))
        x = left + wide * part / 4
        parts.append(_text(x, top + high + 18, f"{last * part / 4:.0f} s", "text-anchor='middle'"))
    parts.append(_text(left, 54, plot.y_label))
    for place, (label, line) in enumerate(plot.lines.items()):
        path = " ".join(
            f"{left + wide * x / last:.1f},{top + high - high * y / most:.1f}" for x, y in line
        )
        colour = COLOURS[place % len(COLOURS)]
        parts.append(f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>")
        x = left + place * 220
        parts.append(f"<rect x='{x}' y='30' width='10' height='10' fill='{colour}'/>")
        parts.append(_text(x + 15, 39, label))
    return _svg(parts, top + high + 30)


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' {more} {STYLE}>{escape(text)}</text>"


def _svg(parts: list[str], height: float) -> str:
    body = "\n".join(parts)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height:.0f}' "
        f"viewBox='0 0 {WIDTH} {height:.0f}'>\n"
        f"<rect width='100%' height='100%' fill='white'/>\n{body}\n</svg>\n"
    )
