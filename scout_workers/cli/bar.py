"""A progress bar: on a terminal only, on standard error, gone when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from scout_workers.cli.console import messages

if TYPE_CHECKING:
    from rich.progress import ProgressColumn


class Bar:
    """What all bars have in common; it is to be seen for the length of a block.

    Args:
        title: What is being done.
        more: What stands behind how many of how many.
    """

    def __init__(self, title: str, *more: ProgressColumn) -> None:
        console = messages()
        self._is_seen = console.is_terminal
        self._bar = Progress(
            TextColumn(title),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            *more,
            console=console,
            transient=True,
            disable=not self._is_seen,
        )

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
