"""The progress bar of an import: on a terminal only, on standard error, gone when it is done."""

from __future__ import annotations

import time

from rich.progress import TaskID, TextColumn, TimeRemainingColumn

from scout_workers.cli.bar import Bar
from scout_workers.imports import Found, Outcome


class ImportProgress(Bar):
    """Watches an import (see `imports.Watcher`) and remembers how far it came."""

    def __init__(self) -> None:
        super().__init__("importing", TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
        self._line: TaskID | None = None
        self._started = time.monotonic()
        self._total = 0
        self._taken = 0
        self._imported = 0
        self._bytes = 0

    def begin(self, pictures: int) -> None:
        """Show an empty bar."""
        self._total = pictures
        self._started = time.monotonic()
        self._line = self._bar.add_task("importing", total=pictures, rate="")

    def took(self, picture: Found, outcome: Outcome) -> None:
        """Move the bar on."""
        self._taken += 1
        self._imported += outcome is Outcome.IMPORTED
        self._bytes += picture.size
        if self._line is not None:
            self._bar.update(self._line, advance=1, rate=self._rate())

    def told(self) -> str:
        """Say in a sentence how far it came."""
        if not self._total:
            return "Nothing was imported yet."
        return f"Imported {self._imported}, looked at {self._taken} of {self._total} pictures."

    def _rate(self) -> str:
        seconds = max(time.monotonic() - self._started, 0.001)
        return f"{self._taken / seconds:.0f} pictures/s, {self._bytes / seconds / 1e6:.1f} MB/s"
