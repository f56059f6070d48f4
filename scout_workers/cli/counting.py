"""A progress bar that counts."""

from __future__ import annotations

from rich.progress import TimeRemainingColumn

from scout_workers.cli.bar import Bar


class Counting(Bar):
    """Counts what is done of what there is.

    Args:
        doing: What is done, in a word.
        total: How many there are; more may come meanwhile. None: nobody knows.
    """

    def __init__(self, doing: str, total: int | None = None) -> None:
        super().__init__(doing, TimeRemainingColumn())
        self._line = self._bar.add_task(doing, total=total)
        self.done = 0
        self.total = total

    def moved(self, count: int) -> None:
        """Show that so many more are done."""
        self.done += count
        if self.total is not None:
            self.total = max(self.total, self.done)
        self._show()

    def left(self, count: int) -> None:
        """Show that so many are left."""
        self.total = max(self.total or 0, count)
        self.done = self.total - count
        self._show()

    def _show(self) -> None:
        self._bar.update(self._line, completed=self.done, total=self.total)
