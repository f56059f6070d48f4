"""docs/benchmarks.md: written by this program alone between its markers, never by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import plots, results
from .handle import ROOT

if TYPE_CHECKING:
    from .results import Section, Table

DOCS = ROOT / "docs"
PAGE = DOCS / "benchmarks.md"
KEPT = DOCS / "benchmarks" / "broker.json"
VERDICTS = {True: "ok", False: "**missed**", None: "not measured"}
HEAD = """# Benchmarks

Everything between the markers is written by `scripts/bench broker`, which runs all of it again
(`--quick`: a small run that writes only when told to). Ratios are taken round by round,
contenders in turns on the same machine, so that what else the machine did weighs on both sides;
absolute figures are of that machine on that day.

"""


def add(section: Section) -> None:
    """Put one measure into the page, in the place of its last."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    sections = results.load(KEPT)
    sections[section.name] = section
    results.save(KEPT, sections)
    for bar_plot in section.bar_plots:
        (KEPT.parent / bar_plot.file).write_text(plots.bars(bar_plot), "utf-8")
    for line_plot in section.line_plots:
        (KEPT.parent / line_plot.file).write_text(plots.lines(line_plot), "utf-8")
    text = PAGE.read_text("utf-8") if PAGE.exists() else HEAD
    text = _replaced(text, "bars", _all_bars(sections))
    PAGE.write_text(_replaced(text, section.name, _shown(section)), "utf-8")


def _replaced(text: str, name: str, body: str) -> str:
    begin, end = f"<!-- broker:{name} -->", f"<!-- end of broker:{name} -->"
    block = f"{begin}\n{body.strip()}\n{end}"
    before, found, rest = text.partition(begin)
    if not found:
        return f"{text.rstrip()}\n\n{block}\n"
    return before + block + rest.partition(end)[2]


def _all_bars(sections: dict[str, Section]) -> str:
    rows = [
        [bar.what, bar.bar, bar.measured, VERDICTS[bar.ok], section.conditions.get("others", "")]
        for section in sections.values()
        for bar in section.bars
    ]
    table = results.Table("", ["measure", "bar", "measured", "", "meanwhile"], rows)
    return f"## The broker's bars\n\n{_markdown(table)}"


def _shown(section: Section) -> str:
    parts = [f"## {section.title}", section.method]
    parts += [f"![{plot.title}](benchmarks/{plot.file})" for plot in section.bar_plots]
    parts += [f"![{plot.title}](benchmarks/{plot.file})" for plot in section.line_plots]
    for table in section.tables:
        parts += [f"**{table.title}**", _markdown(table)]
    parts += [f"- {note}" for note in section.notes]
    parts.append("\n".join(f"- {name}: {value}" for name, value in section.conditions.items()))
    return "\n\n".join(parts)


def _markdown(table: Table) -> str:
    lines = [table.columns, ["---"] + ["---:"] * (len(table.columns) - 1), *table.rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in lines)
