"""A progress bar that counts: on a terminal only, on standard error, gone when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scout_workers.cli.console import messages

if TYPE_CHECKING:
    from types import TracebackType


class Counting:
    """Counts what is done of what there is.

    Args:
        doing: What is done, in a word.
        total: How many there are; more may come meanwhile.
    """

    def __init__(self, doing: str, total: int) -> None:
        console = messages()
        self._bar = Progress(
            TextColumn(doing),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._line = self._bar.add_task(doing, total=total)
        self.done = 0
        self.total = total

    def moved(self, count: int) -> None:
        """Show that so many more are done."""
        self.done += count
        self.total = max(self.total, self.done)
        self._show()

    def left(self, count: int) -> None:
        """Show that so many are left."""
        self.total = max(self.total, count)
        self.done = self.total - count
        self._show()

    def _show(self) -> None:
        self._bar.update(self._line, completed=self.done, total=self.total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()
