"""What the demo says while it works: bars on a terminal, plain lines anywhere else."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

_LINE_EVERY_SECONDS = 5.0


class Stage(Protocol):
    """Something that takes a while."""

    def at(self, done: int, total: int, note: str = "") -> None:
        """Tell how far it is."""
        ...


@contextmanager
def stage(console: Console, doing: str) -> Iterator[Stage]:
    """Show one stage of the work; on a terminal its bar goes away when it is done."""
    if not console.is_terminal:
        yield _Lines(console, doing)
        return
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}", style="dim"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with progress:
        yield _Bar(progress, doing)


class _Bar:
    def __init__(self, progress: Progress, doing: str) -> None:
        self._progress = progress
        self._line = progress.add_task(doing, total=None, note="")

    def at(self, done: int, total: int, note: str = "") -> None:
        self._progress.update(self._line, completed=done, total=total, note=note)


class _Lines:
    def __init__(self, console: Console, doing: str) -> None:
        self._console = console
        self._doing = doing
        self._said = time.monotonic()

    def at(self, done: int, total: int, note: str = "") -> None:
        now = time.monotonic()
        if now - self._said >= _LINE_EVERY_SECONDS:
            self._said = now
            tail = f" ({note})" if note else ""
            self._console.print(f"{self._doing}: {done} of {total}{tail}")
