"""What was written about days, on the terminal: summary, hours, and what is worth knowing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scout_workers.demo.showing import STYLES, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from scout_workers.demo.sheet import Day, Finding

_WIDEST = 100  # characters of a line of prose
_SHOWN = 6


def days(console: Console, told: Sequence[Day]) -> None:
    """Print what was written about each day, the oldest first."""
    for day in told:
        console.print()
        console.print(Text(f"{day.start:%A, %d %B %Y}, in words", style="bold"))
        _prose(console, f"{day.headline}.", STYLES[day.severity])
        _prose(console, day.text, "")
        _hours(console, day)
        if day.findings:
            console.print()
            console.print(Text("Worth knowing", style="bold"))
        for each in day.findings:
            _finding(console, each)


def _hours(console: Console, day: Day) -> None:
    lines = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    lines.add_column("Hour", no_wrap=True)
    lines.add_column("Severity", no_wrap=True)
    lines.add_column("In a line", overflow="fold", ratio=1)
    for hour in day.hours:
        lines.add_row(
            f"{hour.start:%H:%M}-{hour.end:%H:%M}",
            Text(hour.severity, style=STYLES[hour.severity]),
            printable(hour.headline),
        )
    if day.hours:
        console.print()
        console.print(lines)


def _finding(console: Console, finding: Finding) -> None:
    times = list(dict.fromkeys(f"{at:%H:%M}" for at, _ in finding.shown_by))
    more = f" and {len(times) - _SHOWN} more" if len(times) > _SHOWN else ""
    title = Text.assemble((f"{finding.severity:<9}", STYLES[finding.severity]))
    console.print(title.append_text(printable(finding.title)), width=_width(console))
    text = printable(finding.text)
    text.append(f" Shown by {', '.join(times[:_SHOWN])}{more}.", style="dim")
    console.print(Padding(text, (0, 0, 0, 9)), width=_width(console))


def _prose(console: Console, text: str, style: str) -> None:
    line = printable(text)
    line.stylize(style)
    console.print(line, width=_width(console))


def _width(console: Console) -> int:
    return min(console.width, _WIDEST)
