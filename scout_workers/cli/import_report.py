"""The report at the end of an import."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rich.text import Text

from scout_workers.cli.console import output, plain
from scout_workers.cli.tables import Column, show_fields, show_table
from scout_workers.imports import SkipKind, StampSource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from scout_workers.imports import ImportReport, Skipped

_MOST_ROWS = 50
_MOST_NAMES = 3


def show_report(report: ImportReport, folder: Path, camera: str) -> None:
    """Print what became of every file: the counts, what will be refused, what was skipped."""
    console = output()
    bad = [each for each in report.skipped if each.kind is SkipKind.PICTURE]
    other = [each for each in report.skipped if each.kind is SkipKind.NO_PICTURE]
    title = f"{report.found} pictures in {plain(folder)} for camera {plain(camera)}"
    console.print(Text(title, style="bold"))
    show_fields(console, _counts(report, len(bad)))
    if report.refused:
        _files(
            console,
            "Stored, but will be refused (never paid for):",
            [(each.name, each.reason) for each in report.refused],
        )
    if bad:
        _files(console, "Skipped pictures:", [(each.name, each.reason) for each in bad])
    if other:
        console.print()
        show_table(console, "Passed over:", _REASONS, _by_reason(other))
    if report.imported:
        console.print(
            "\nNext: scout-workers worker analyses them, scout-workers status tells how far."
        )


_DATES = {
    StampSource.EXIF: "metadata",
    StampSource.NAME: "name",
    StampSource.MTIME: "file date",
}
_REASONS = (Column("files", right=True), Column("why"), Column("such as", fold=True))


def _counts(report: ImportReport, skipped: int) -> list[tuple[str, object]]:
    dates = ", ".join(f"{_DATES[each]} {count}" for each, count in report.dated_by.most_common())
    lines: list[tuple[str, object]] = [
        ("imported", report.imported),
        ("already there", report.already_there),
    ]
    if report.duplicates:
        first = report.duplicates[0]
        example = f"like {plain(first.name)}, the same picture as {plain(first.same_as)}"
        lines.append(("under another name", f"{len(report.duplicates)} of these, {example}"))
    if report.refused:
        lines.append(("will be refused", f"{len(report.refused)} of these"))
    if skipped:
        lines.append(("skipped", skipped))
    if dates:
        lines.append(("dated by", dates))
    return lines


def _files(console: Console, title: str, rows: Sequence[tuple[str, str]]) -> None:
    console.print()
    columns = (Column("file", fold=True), Column("why", fold=True))
    show_table(console, title, columns, rows[:_MOST_ROWS])
    if len(rows) > _MOST_ROWS:
        console.print(f"… and {len(rows) - _MOST_ROWS} more: --json lists them all.")


def _by_reason(skipped: Sequence[Skipped]) -> list[tuple[int, str, str]]:
    names: dict[str, list[str]] = defaultdict(list)
    for each in skipped:
        names[each.reason].append(each.name)
    return [
        (len(those), reason, ", ".join(those[:_MOST_NAMES]) + "…" * (len(those) > _MOST_NAMES))
        for reason, those in names.items()
    ]
