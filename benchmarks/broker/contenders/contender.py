"""What every contender of the benchmark is asked to do, in a process and a venv of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class NotOfferedError(Exception):
    """The contender has no such thing, so there is nothing to measure."""


class Contender(ABC):
    """One way to put messages in and have them worked off.

    Args:
        url: Where its server is; each kind of server has a URL of its own kind.
        queues: The queues it declares, one actor each.
    """

    def __init__(self, url: str, queues: Sequence[str]) -> None:
        self.url = url
        self.queues = tuple(queues)
        self.body: Callable[[float], None] = lambda _argument: None

    @abstractmethod
    def setup(self) -> None:
        """Make its tables, or leave its server empty."""

    @abstractmethod
    def fill(self, count: int) -> None:
        """Put messages into the first queue by whatever way is quick; not what is measured."""

    @abstractmethod
    def send(self, queue: str, argument: float) -> None:
        """Enqueue one message as its users do; it is there once this returns."""

    def bulk(self, queue: str, arguments: Sequence[float]) -> Callable[[], object]:
        """Make what its bulk enqueue takes; return the call that enqueues it all in one go.

        Raises:
            NotOfferedError: It has no bulk enqueue.
        """
        raise NotOfferedError(f"no bulk enqueue for {len(arguments)} messages of {queue}")

    @abstractmethod
    def start(self, threads: int) -> None:
        """Work off all its queues in this process, so many messages at a time; returns at once."""

    @abstractmethod
    def is_empty(self) -> bool:
        """Tell whether every message is processed and acknowledged."""
