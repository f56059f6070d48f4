"""The progress bar of texts that are embedded: on a terminal only, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scout_workers.cli.console import messages

if TYPE_CHECKING:
    from types import TracebackType


class TextsProgress:
    """Counts the texts that are left.

    Args:
        total: How many there are; more may come meanwhile.
    """

    def __init__(self, total: int) -> None:
        console = messages()
        self._bar = Progress(
            TextColumn("embedding"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._total = total
        self._line = self._bar.add_task("embedding", total=total)

    def left(self, count: int) -> None:
        """Show how many are left."""
        self._total = max(self._total, count)
        self._bar.update(self._line, completed=self._total - count, total=self._total)

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
