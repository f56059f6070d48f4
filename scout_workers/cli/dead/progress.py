"""How far a walk through the dead messages has come: on a terminal only, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scout_workers.cli.console import messages

if TYPE_CHECKING:
    from types import TracebackType


class Walking:
    """Shows how many messages were gone through; gone itself when it is done.

    Args:
        title: What is being done.
        total: Of how many; None: nobody knows.
    """

    def __init__(self, title: str, total: int | None = None) -> None:
        console = messages()
        self._bar = Progress(
            TextColumn(title),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._line = self._bar.add_task(title, total=total)
        self.done = 0

    def went(self, count: int) -> None:
        """Move on by so many."""
        self.done += count
        self._bar.update(self._line, advance=count)

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
