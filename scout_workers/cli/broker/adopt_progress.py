"""The progress bar of an adoption: on a terminal only, on standard error, gone when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from scout_workers.cli.console import messages

if TYPE_CHECKING:
    from types import TracebackType


class AdoptionProgress:
    """Counts what is moved.

    Args:
        total: How many messages there are to move; more may come meanwhile.
    """

    def __init__(self, total: int) -> None:
        console = messages()
        self._bar = Progress(
            TextColumn("moving"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._line = self._bar.add_task("moving", total=total)
        self._total = total
        self._moved = 0

    def moved(self, count: int) -> None:
        """Move the bar on."""
        self._moved += count
        self._total = max(self._total, self._moved)
        self._bar.update(self._line, advance=count, total=self._total)

    def told(self) -> str:
        """Say in a sentence how far it came."""
        return f"Moved {self._moved:,} of {self._total:,} messages."

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
